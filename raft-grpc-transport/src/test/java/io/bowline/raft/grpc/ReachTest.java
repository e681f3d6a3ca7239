package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.net.InetAddresses;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Addresses of every form, peers that have moved, and peers that are a black hole. */
class ReachTest {
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Warnings warnings = new Warnings();
  private final Addresses.LookUp system = Addresses.system;

  private TestHost start(String id, String listen) throws IOException {
    TestHost host =
        TestHost.start(id, listen, TestHost.CLUSTER, TestHost.MAX_MESSAGE_BYTES).serve();
    open.add(host);
    return host;
  }

  private TestHost start(String id) throws IOException {
    return start(id, "127.0.0.1:0");
  }

  @AfterEach
  void stop() throws Exception {
    Addresses.system = system;
    for (AutoCloseable one : open) {
      one.close();
    }
    warnings.close();
  }

  private static Message vote(TestHost from) {
    return new Message.PreVote(from.id, 1, EntryId.ZERO);
  }

  private static void dial(TestHost from, TestHost to, String... addresses) {
    from.transport.peers(TestHost.GROUP, Map.of(to.id, List.of(addresses)));
  }

  private static int port(TestHost host) {
    return HostPort.parse("address", host.transport.address()).port();
  }

  @Test
  void ipv6LiteralsAreDialled() throws IOException {
    TestHost n1 = start("n1");
    TestHost n2 = start("n2", "[::1]:0");
    assertThat(n2.transport.address()).startsWith("[::1]:");

    dial(n1, n2, n2.transport.address());

    await().until(() -> n1.send(n2, vote(n1)));
  }

  @Test
  void namesWithAnUnderscoreAreDialled() throws IOException {
    TestHost n1 = start("n1");
    TestHost n2 = start("n2");
    Addresses.system =
        name -> name.equals("my_host") ? system.addresses("127.0.0.1") : system.addresses(name);

    dial(n1, n2, "my_host:" + port(n2));

    await().until(() -> n1.send(n2, vote(n1)));
  }

  @Test
  void eachAddressOfANameIsTried() throws IOException {
    TestHost n1 = start("n1");
    TestHost n2 = start("n2");
    InetAddress nobody = InetAddresses.forString("127.0.0.77");
    Addresses.system = name -> new InetAddress[] {nobody, InetAddresses.forString("127.0.0.1")};

    dial(n1, n2, "two.example:" + port(n2));

    await().until(() -> n1.send(n2, vote(n1)));
  }

  @Test
  void aNameThatIsUnknownAtFirstIsLookedUpAnew() throws IOException {
    TestHost n1 = start("n1");
    TestHost n2 = start("n2");
    dial(n1, n2, "late.invalid:" + port(n2));
    await().until(() -> !warnings.of("peer gone", "no address of late.invalid").isEmpty());

    Addresses.system = name -> system.addresses("127.0.0.1");

    await().until(() -> n1.send(n2, vote(n1)));
  }

  @Test
  void membersThatHaveAllMovedAtOnceFindEachOtherAndSayWhere() throws IOException {
    List<TestHost> hosts = List.of(start("n1"), start("n2"), start("n3"));
    List<String> left = new ArrayList<>();
    for (String id : List.of("m1", "m2", "m3")) {
      try (TestHost before = TestHost.start(id)) {
        left.add(before.transport.address());
      }
    }

    for (TestHost host : hosts) {
      Map<NodeId, List<String>> where = new HashMap<>();
      for (int i = 0; i < hosts.size(); i++) {
        TestHost other = hosts.get(i);
        where.put(other.id, List.of(left.get(i), other.transport.address()));
      }
      host.transport.peers(TestHost.GROUP, where);
    }

    for (TestHost host : hosts) {
      for (TestHost other : hosts) {
        if (host != other) {
          await().until(() -> host.send(other, vote(host)));
        }
      }
    }
    String told =
        "n3 answers at "
            + hosts.get(2).transport.address()
            + ", its stored address is "
            + left.get(2);
    await().until(() -> warnings.of("not at its stored address", told).size() >= 1);
    assertThat(warnings.of(told)).as("of n1 and of n2, once each").hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void whoAnswersInPlaceOfAPeerIsPassedOver() throws IOException {
    TestHost n1 = start("n1");
    TestHost n2 = start("n2");
    TestHost n3 = start("n3");

    dial(n1, n2, n3.transport.address(), n2.transport.address());

    await().until(() -> n1.send(n2, vote(n1)));
    assertThat(n3.received).isEmpty();
  }

  /** Its queue of connections is full: to connect hangs, as to a machine that is gone. */
  private String blackHole() throws IOException {
    ServerSocket never = new ServerSocket();
    open.add(never);
    never.bind(new InetSocketAddress(InetAddresses.forString("127.0.0.1"), 0), 1);
    for (int i = 0; i < 8; i++) {
      Socket waiting = new Socket();
      open.add(waiting);
      try {
        waiting.connect(never.getLocalSocketAddress(), 100);
      } catch (java.net.SocketTimeoutException full) {
        break;
      }
    }
    return "127.0.0.1:" + never.getLocalPort();
  }

  @Test
  void aPeerThatIsABlackHoleDelaysNobody() throws IOException {
    TestHost n1 = start("n1");
    TestHost n2 = start("n2");
    CountDownLatch answered = new CountDownLatch(1);
    open.add(answered::countDown);
    Addresses.system =
        name -> {
          try {
            answered.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return system.addresses("127.0.0.1");
        };
    String hole = blackHole();

    n1.transport.peers(
        TestHost.GROUP,
        Map.of(
            n2.id,
            List.of(n2.transport.address()),
            NodeId.of("n3"),
            List.of(hole),
            NodeId.of("n4"),
            List.of("never.example:1", "nowhere.example:1"))); // no name server

    await().atMost(Duration.ofSeconds(3)).until(() -> n1.send(n2, vote(n1)));
    for (int cut = 1; cut <= 3; cut++) {
      int before = n1.connected.size();
      n2.transport.reset(TestHost.GROUP, n1.peer(TestHost.GROUP), "cut " + cut);
      await().atMost(Duration.ofSeconds(2)).until(() -> n1.connected.size() > before);
      await().atMost(Duration.ofSeconds(1)).until(() -> n1.send(n2, vote(n1)));
    }
    assertThat(threads("bowline-names")).as("at most one for each name").isBetween(1L, 2L);
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .filter(thread -> thread.getState() == Thread.State.WAITING)
        .filter(ReachTest::isLookingUp)
        .count();
  }

  private static boolean isLookingUp(Thread thread) {
    for (StackTraceElement at : thread.getStackTrace()) {
      if (at.getClassName().startsWith(ReachTest.class.getName())) {
        return true;
      }
    }
    return false;
  }

  @Test
  void whatCannotBeDialledAtAllIsTriedAgain() throws IOException {
    TestHost n1 = start("n1");
    TestHost n2 = start("n2");
    Addresses.system =
        name -> {
          throw new StackOverflowError("of a resolver");
        };
    dial(n1, n2, "broken.example:" + port(n2));
    await().until(() -> !warnings.of("of a resolver").isEmpty());

    Addresses.system = name -> system.addresses("127.0.0.1");

    await().until(() -> n1.send(n2, vote(n1)));
  }
}
