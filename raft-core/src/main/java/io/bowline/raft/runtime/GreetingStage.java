package io.bowline.raft.runtime;

import io.bowline.raft.founding.Act;
import io.bowline.raft.founding.Founder;
import io.bowline.raft.logging.GuardedLog;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.FoundingStatus;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where the handshakes and the founding of one node happen: takes what the transport tells in its
 * order, has files written in the background, wakes the founding, and says once a minute for whom
 * it waits. Runs on the raft stage, beside the loop and before it.
 */
final class GreetingStage extends Actor {
  private static final GuardedLog LOG = GuardedLog.of(GreetingStage.class);
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  /** Peers that talk more than that without end are refused; own tasks are not counted. */
  private static final int MOST_WAITING = 4096;

  private static final int TASKS_PER_TURN = 256;

  /** What the node's life needs to know. */
  interface Listener {
    /** The founding is complete, durably: there may be a core. */
    void founded(Membership record);

    /** A connection for entries to that directory is open. */
    void connected(Peer peer);

    /** How far the founding is has changed. */
    void founding(FoundingStatus status);

    /** The node must end: it is a copy, a file cannot be written, or this stage threw. */
    void mustEnd(String reason, Throwable cause);
  }

  private final GroupId group;
  private final NodeId self;
  private final RaftStorage storage;
  private final NodeEnvironment environment;
  private final Executor background;
  private final Founder founder;
  private final Predicate<Incarnation> counts;
  private final Listener listener;
  private final Greeter greeter;
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<NodeId, String> warned = new LinkedHashMap<>();
  private @Nullable FoundingStatus told;
  private volatile boolean stopped;
  private volatile Runnable cancelWake = () -> {};
  private volatile Runnable cancelMinute = () -> {};

  /**
   * Of one start of a node.
   *
   * @param counts whether a directory is named by the membership in force, or by the record
   */
  GreetingStage(
      GroupId group,
      NodeId self,
      RaftStorage storage,
      NodeEnvironment environment,
      Founder founder,
      Predicate<Incarnation> counts,
      Listener listener) {
    super(environment.executor(NodeEnvironment.Stage.RAFT));
    this.group = group;
    this.self = self;
    this.storage = storage;
    this.environment = environment;
    this.background = environment.executor(NodeEnvironment.Stage.SNAPSHOT);
    this.founder = founder;
    this.counts = counts;
    this.listener = listener;
    StartMemory memory =
        new StartMemory(storage, background, this::post, counts, e -> cannotWrite("peers", e));
    this.greeter = new Greeter(group, storage, founder, memory, new Words());
  }

  /** Begins with what can be done without anybody. */
  void start() {
    post(
        () -> {
          if (!founder.isComplete()) {
            sayWhomItWaitsFor();
          }
          greeter.act(founder.start());
          tellFounding();
        });
  }

  /** Nothing is said or judged any more. */
  void stop() {
    stopped = true;
    cancelWake.run();
    cancelMinute.run();
    tasks.clear();
  }

  // ---- from any thread

  void opened(GroupLink link) {
    post(() -> greeter.opened(link));
  }

  void closed(GroupLink link) {
    post(() -> greeter.closed(link));
  }

  void refused(GroupLink link, String reason) {
    post(() -> greeter.refused(link, reason));
  }

  void said(GroupLink link, GroupWord word) {
    if (waiting.get() >= MOST_WAITING) {
      link.refuse("too many words of handshakes wait here: ask again later");
      return;
    }
    waiting.incrementAndGet();
    post(
        () -> {
          waiting.decrementAndGet();
          greeter.said(link, word);
          tellFounding();
        });
  }

  private void post(Runnable task) {
    if (!stopped) {
      tasks.add(task);
      wake();
    }
  }

  // ---- the raft stage

  @Override
  boolean hasWork() {
    return !stopped && !tasks.isEmpty();
  }

  @Override
  void turn() {
    for (int i = 0; i < TASKS_PER_TURN && !stopped; i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      task.run();
    }
  }

  @Override
  void failed(Throwable cause) {
    listener.mustEnd("the handshake with peers threw " + cause, cause);
  }

  private void tellFounding() {
    if (told != null && told.state() == Founding.State.COMPLETE) {
      return;
    }
    FoundingStatus now = founder.status();
    if (!now.equals(told)) {
      told = now;
      listener.founding(now);
    }
  }

  private void sayWhomItWaitsFor() {
    if (stopped || founder.isComplete()) {
      return;
    }
    LOG.info(
        "node " + self + " of group " + group + ": " + founder.status().text(),
        "group",
        group,
        "node",
        self);
    cancelMinute =
        environment.schedule(environment.nanoTime() + MINUTE, () -> post(this::sayWhomItWaitsFor));
  }

  private void save(Founding next) {
    background.execute(
        () -> {
          try {
            storage.saveFounding(next);
            post(
                () -> {
                  greeter.act(founder.written());
                  tellFounding();
                });
          } catch (StorageException e) {
            post(() -> cannotWrite("identity", e));
          }
        });
  }

  private void cannotWrite(String file, StorageException cause) {
    listener.mustEnd(
        "the file '" + file + "' of its directory cannot be written (" + cause.getMessage() + ")",
        cause);
  }

  /** Only who counts is believed so far that the directory is fenced for good (identity 12). */
  private void fence(Peer witness, String reason) {
    if (!counts.test(witness.incarnation())) {
      warn(witness.id(), reason);
      return;
    }
    background.execute(
        () -> {
          StorageException failure = null;
          try {
            storage.fence(reason);
          } catch (StorageException e) {
            failure = e;
          }
          StorageException cause = failure;
          post(
              () -> listener.mustEnd(reason, cause == null ? new StorageException(reason) : cause));
        });
  }

  /** Once: a peer that is refused comes again every few seconds. */
  private void warn(NodeId peer, String what) {
    if (what.equals(warned.put(peer, what))) {
      return;
    }
    LOG.warn(
        null,
        "group " + group + " of node " + self + ": " + what,
        "group",
        group,
        "node",
        self,
        "peer",
        peer);
  }

  /** What the greeter tells. */
  private final class Words implements Greeter.Listener {
    @Override
    public void act(Act act) {
      if (act instanceof Act.Write write) {
        save(write.next());
      } else if (act instanceof Act.Completed completed) {
        cancelMinute.run();
        tellFounding();
        listener.founded(completed.record());
        greeter.founded();
      } else if (act instanceof Act.StayOut out) {
        warn(self, out.reason());
      } else if (act instanceof Act.Twins twins) {
        warn(twins.id(), "two directories of one id are connected: " + twins.addresses());
      } else if (act instanceof Act.WakeAt at) {
        cancelWake =
            environment.schedule(
                at.deadlineNanos(),
                () -> post(() -> greeter.act(founder.time(environment.nanoTime()))));
      } else {
        throw new AssertionError("no rule for act " + act);
      }
    }

    @Override
    public void connected(Peer peer) {
      listener.connected(peer);
    }

    @Override
    public void isCopy(Peer witness, String reason) {
      fence(witness, reason);
    }

    @Override
    public void refused(NodeId peer, String reason) {
      warn(peer, reason);
    }
  }
}
