package io.bowline.raft.examples.counter;

import io.bowline.raft.NodeStatus;
import io.bowline.raft.RaftNode;
import io.bowline.raft.examples.lab.ParentLink;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What a serving process says of its node, and for how long it serves. */
final class NodeReports {
  private NodeReports() {}

  /** As a child: until the parent goes. Otherwise: until a signal ends the process. */
  static void serve(RaftNode<?, ?> node, Counters counters, boolean child)
      throws IOException, InterruptedException {
    if (child) {
      ParentLink.serve(question -> report(node, counters));
      return;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> closeWith(main, stopped), "stop"));
    System.out.println("serving " + node.group() + "; stop it with Ctrl-C");
    stopped.await();
  }

  /** Lets the main thread close the node, and the JVM end only then. */
  private static void closeWith(Thread main, CountDownLatch stopped) {
    stopped.countDown();
    try {
      main.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The line that {@code lab.Report} reads. */
  static String report(RaftNode<?, ?> node, Counters counters) {
    NodeStatus status = node.status().join();
    List<Counters.Count> all = counters.query(new Counters.Command("", Long.MAX_VALUE));
    return "node="
        + status.self()
        + " role="
        + status.role()
        + " term="
        + status.term()
        + " leader="
        + status.leader()
        + " commit="
        + status.commitIndex()
        + " applied="
        + status.lastApplied()
        + " named="
        + status.membership().members().stream().filter(m -> m.incarnation() != null).count()
        + " counters="
        + all.size()
        + " fingerprint="
        + all.hashCode();
  }
}
