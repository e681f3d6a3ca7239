package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.LocalNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  private static final Duration SEVERAL_ATTEMPTS = Duration.ofSeconds(1);

  private final List<TestHost> hosts = new ArrayList<>();
  private final Warnings warnings = new Warnings();

  private TestHost start(String id) throws IOException {
    return start(id, TestHost.CLUSTER, TestHost.MAX_MESSAGE_BYTES);
  }

  private TestHost start(String id, ClusterId cluster, int maxMessageBytes) throws IOException {
    TestHost host = TestHost.start(id, "127.0.0.1:0", cluster, maxMessageBytes);
    hosts.add(host);
    return host;
  }

  @AfterEach
  void stop() {
    hosts.forEach(TestHost::close);
    warnings.close();
  }

  private static Message vote(TestHost from) {
    return new Message.PreVote(from.id, 1, EntryId.ZERO);
  }

  @Test
  void theWrongClusterIsRefusedWithAReasonThatBothSidesLogOnce() throws IOException {
    TestHost n1 = start("n1").serve();
    TestHost n2 = start("n2", ClusterId.of("other"), TestHost.MAX_MESSAGE_BYTES).serve();

    n1.knows(n2);

    String reason = "n1 is of cluster 'test', n2 of cluster 'other'";
    await().until(() -> warnings.of("refused a peer", reason).size() == 1);
    await().until(() -> warnings.of("refused by a peer", reason).size() == 1);
    await()
        .during(SEVERAL_ATTEMPTS)
        .untilAsserted(() -> assertThat(warnings.of(reason)).hasSize(2));
    assertThat(n1.send(n2, vote(n1))).isFalse();
    assertThat(n1.connected).isEmpty();
  }

  @Test
  void whoAnswersInPlaceOfAnotherIsRefused() throws IOException {
    TestHost n1 = start("n1").serve();
    TestHost n3 = start("n3").serve();

    n1.transport.peers(TestHost.GROUP, Map.of(NodeId.of("n2"), List.of(n3.transport.address())));

    String reason = "where n2 was expected, n3 answers";
    await().until(() -> warnings.of("refused a peer", reason).size() == 1);
    await().until(() -> warnings.of("refused by a peer", reason).size() == 1);
    assertThat(
            n1.transport.send(
                TestHost.GROUP,
                new Peer(NodeId.of("n2"), n3.peer(TestHost.GROUP).incarnation()),
                vote(n1)))
        .isFalse();
  }

  @Test
  void aNodeThatFindsItselfAtAPeersAddressRefuses() throws IOException {
    TestHost n1 = start("n1").serve();

    n1.transport.peers(TestHost.GROUP, Map.of(NodeId.of("n2"), List.of(n1.transport.address())));

    await().until(() -> !warnings.of("both sides call themselves n1").isEmpty());
  }

  @Test
  void anotherProtocolIsRefused() {
    LocalNode own = new LocalNode(TestHost.CLUSTER, NodeId.of("n1"), 1, 1000);
    LocalNode other = new LocalNode(TestHost.CLUSTER, NodeId.of("n2"), 1, 1000);

    assertThat(
            Handshake.refusal(own, ConnectionKind.CONTROL, null, new Packet.NodeHello(3, other, 1)))
        .contains("n2 speaks protocol 3, n1 speaks 2: bring both to one version");
    assertThat(
            Handshake.refusal(own, ConnectionKind.CONTROL, null, new Packet.NodeHello(2, other, 2)))
        .contains("connection 2");
    assertThat(
            Handshake.refusal(own, ConnectionKind.CONTROL, null, new Packet.NodeHello(2, other, 1)))
        .isNull();
  }

  @Test
  void aStrangerToTheGroupIsRefusedWithAReasonThatBothSidesLogOnce() throws IOException {
    TestHost n1 = start("n1").serve();
    TestHost n2 = start("n2").serve();
    String reason = "n1 is no member of main";
    n2.judge = directory -> reason;

    n1.knows(n2);

    await().until(() -> warnings.of("refused a peer", reason).size() == 1);
    await().until(() -> warnings.of("refused by a peer", reason).size() == 1);
    await()
        .during(SEVERAL_ATTEMPTS)
        .untilAsserted(() -> assertThat(warnings.of(reason)).hasSize(2));
    assertThat(n1.send(n2, vote(n1))).isFalse();
    assertThat(n1.connected).isEmpty();
  }

  @Test
  void whoeverIsRefusedIsWelcomeWhenTheReasonIsGone() throws IOException {
    TestHost n1 = start("n1").serve();
    TestHost n2 = start("n2").serve();
    n2.judge = directory -> "not yet";
    n1.knows(n2);
    await().until(() -> !warnings.of("refused by a peer", "not yet").isEmpty());

    n2.judge = directory -> null;

    await().until(() -> !n1.connected.isEmpty());
    await().until(() -> n1.send(n2, vote(n1)));
  }

  @Test
  void theDiallerRefusesAsWell() throws IOException {
    TestHost n1 = start("n1").serve();
    TestHost n2 = start("n2").serve();
    String reason = "start counter 1 is under 5: a restored copy";
    n1.judge = directory -> directory.start().counter() < 5 ? reason : null;

    n1.knows(n2);

    await().until(() -> warnings.of("refused a peer", reason).size() == 1);
    await().until(() -> warnings.of("refused by a peer", reason).size() == 1);
    assertThat(n1.connected).isEmpty();
    // The refused one's answers find no way either.
    assertThat(n2.send(n1, new Message.HeartbeatReply(n2.id, 1, 1, 1))).isFalse();
  }

  @Test
  void aRestoredCopyNeverTakesTheRepliesOfTheRealOne() throws IOException {
    TestHost n2 = start("n2").serve();
    n2.judge = directory -> directory.start().counter() < 5 ? "a restored copy" : null;
    TestHost real = start("n1");
    real.serve(TestHost.GROUP, 5);
    real.knows(n2);
    await().until(() -> real.send(n2, vote(real)));
    TestHost copy = start("n1");
    copy.serve(TestHost.GROUP, 4);

    copy.knows(n2);

    await().until(() -> !warnings.of("refused by a peer", "a restored copy").isEmpty());
    assertThat(n2.send(real, new Message.PreVoteReply(n2.id, 1, true))).isTrue();
    await().until(() -> real.messages().size() == 1);
    assertThat(copy.received).isEmpty();
    assertThat(copy.send(n2, vote(copy))).isFalse();
  }

  @Test
  void aGroupThatIsServedLaterIsGreetedThen() throws IOException {
    TestHost n1 = start("n1").serve();
    TestHost n2 = start("n2");
    n1.knows(n2);
    TestHost n3 = start("n3").serve();
    n1.knows(n2, n3);
    await().until(() -> n1.connected.size() == 1);
    assertThat(n1.send(n2, vote(n1))).isFalse();

    n2.serve();

    await().until(() -> n1.send(n2, vote(n1)));
    await().until(() -> n2.messages().size() == 1);
    assertThat(warnings.of("refused")).isEmpty();
  }

  /**
   * The refusal "not served yet" and the hello of the group that opens in that instant race; the
   * peer must not part from the group for good, whichever is ready first.
   */
  @Test
  void aGroupThatOpensInTheInstantItIsAskedForIsGreeted() throws IOException {
    TestHost n1 = start("n1");
    TestHost n2 = start("n2");
    GroupId other = GroupId.of("keeps-the-connections");
    n2.serve(other, 1);
    n1.serve(other, 1);
    n1.transport.peers(other, Map.of(n2.id, List.of(n2.transport.address())));
    await().until(() -> n1.connected.size() == 1);
    for (int round = 2; round < 200; round++) {
      int start = round;
      CompletableFuture<Void> opening = new CompletableFuture<>();
      n2.transport.closeGroup(TestHost.GROUP);
      n1.transport.closeGroup(TestHost.GROUP);
      Thread opener = new Thread(() -> openWhenAsked(n2, start, opening), "opener");
      opener.start();
      n1.serve(TestHost.GROUP, round);
      n1.knows(n2);

      await()
          .alias("round " + round)
          .pollInterval(Duration.ofMillis(2))
          .until(
              () ->
                  n1.connected.stream().anyMatch(c -> c.directory().start().counter() == start)
                      && n1.send(n2, vote(n1)));
      opening.join();
    }
  }

  /** A little later in each round, so that the instants of the race are all met. */
  private static void openWhenAsked(TestHost host, int round, CompletableFuture<Void> opened) {
    long until = System.nanoTime() + round * 5_000L;
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    host.serve(TestHost.GROUP, round);
    opened.complete(null);
  }

  @Test
  void groupsShareConnectionsAndAreKeptApart() throws IOException {
    GroupId second = GroupId.of("second");
    TestHost n1 = start("n1").serve();
    TestHost n2 = start("n2");
    n2.serve(second, 3);
    n2.serve();
    n1.serve(second, 2);
    n1.knows(n2);
    n1.transport.peers(second, Map.of(n2.id, List.of(n2.transport.address())));
    await().until(() -> n1.connected.size() == 2);

    await().until(() -> n1.transport.send(second, n2.peer(second), vote(n1)));

    await().until(() -> n2.received.size() == 1);
    assertThat(n2.received.element().group()).isEqualTo(second);
    assertThat(n2.received.element().from()).isEqualTo(n1.peer(second));
  }

  @Test
  void aClosedGroupPassesNoMessageAndARestartedOneIsConnectedAnew() throws IOException {
    TestHost n1 = start("n1").serve();
    TestHost n2 = start("n2").serve();
    n1.knows(n2);
    await().until(() -> n1.connected.size() == 1);
    await().until(() -> n1.send(n2, vote(n1)));

    n2.transport.closeGroup(TestHost.GROUP);
    await().until(() -> !n1.send(n2, vote(n1)));
    n2.serve(TestHost.GROUP, 2);

    await().until(() -> n1.connected.size() == 2);
    assertThat(n1.connected)
        .extracting(c -> c.directory().start().counter())
        .containsExactly(1L, 2L);
    await().until(() -> n1.send(n2, vote(n1)));
  }

  @Test
  void whatCannotBeMeantEndsTheStreamAndIsToldAtBothEnds() throws IOException {
    TestHost n1 = start("n1").serve();
    TestHost n2 = start("n2").serve();
    n1.knows(n2);
    await().until(() -> n1.send(n2, vote(n1)));
    await().until(() -> n2.received.size() == 1);

    n1.send(n2, new Message.PreVote(n1.id, 3, new EntryId(5, 4)));

    await().until(() -> !warnings.of("not understood", "a later term than its own").isEmpty());
    await().until(() -> !warnings.of("peer gone", "a later term than its own").isEmpty());
    assertThat(n2.received).hasSize(1);
    await().until(() -> n1.send(n2, vote(n1)));
  }
}
