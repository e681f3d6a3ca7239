package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.testkit.junit.conformance.Cable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Peers that do not read, break off, and come back. */
class ConnectionTest {
  private static final int BATCH_BYTES = 256 << 10;
  private static final EntryBatch ENTRIES = TestHost.entries(1, 1, 1, BATCH_BYTES);

  private TestHost n1;
  private TestHost n2;
  private Cable cable;

  @BeforeEach
  void start() throws IOException {
    n1 = TestHost.start("n1").serve();
    n2 = TestHost.start("n2").serve();
    cable = Cable.tcp(n2.transport.address());
    n1.transport.peers(TestHost.GROUP, Map.of(n2.id, List.of(cable.address())));
    await().until(() -> n1.connected.size() == 1);
    await().until(() -> n1.send(n2, beat(0)));
    await().until(() -> n2.received.size() == 1);
    n2.received.clear();
  }

  @AfterEach
  void stop() throws IOException {
    n1.close();
    n2.close();
    cable.close();
  }

  private Message beat(long round) {
    return new Message.Heartbeat(n1.id, 1, 1, round, 0, 0);
  }

  private Message append() {
    return new Message.AppendEntries(n1.id, 1, 1, EntryId.ZERO, ENTRIES, 0);
  }

  /** The entries connection is stuck: the queue fills until it drops. */
  private int fill() {
    cable.holdAfter(1 << 20);
    int accepted = 0;
    while (n1.send(n2, append())) {
      accepted++;
      assertThat(accepted).as("batches accepted").isLessThan(1000);
    }
    return accepted;
  }

  @Test
  void entriesForAPeerThatDoesNotReadAreBoundedAndThenDropped() {
    // 16 MiB wait here, the rest in windows and buffers of gRPC, kernel and proxy.
    long bytes = (long) fill() * BATCH_BYTES;

    assertThat(bytes).isBetween(16L << 20, 48L << 20);
    await().until(() -> !n1.send(n2, append()));
  }

  @Test
  void heartbeatsPassWhileEntriesAreStuck() {
    fill();
    n2.received.clear();

    for (int round = 1; round <= 50; round++) {
      long expected = round;
      assertThat(n1.send(n2, beat(round))).isTrue();
      await()
          .pollInterval(Duration.ofMillis(2))
          .atMost(Duration.ofSeconds(5))
          .until(() -> n2.messages().contains(beat(expected)));
      assertThat(n2.send(n1, new Message.HeartbeatReply(n2.id, 1, 1, round))).isTrue();
    }

    await().until(() -> n1.received.size() == 50);
  }

  @Test
  void sendReturnsAtOnceWhateverThePeerDoes() {
    fill();

    long start = System.nanoTime();
    for (int i = 0; i < 10_000; i++) {
      n1.send(n2, append());
    }
    long each = (System.nanoTime() - start) / 10_000;

    assertThat(each).as("ns for one send").isLessThan(1_000_000);
  }

  @Test
  void whatWaitedArrivesInOrderWhenThePeerReadsAgain() {
    fill();
    Message last = new Message.AppendEntries(n1.id, 1, 2, EntryId.ZERO, EntryBatch.EMPTY, 9);

    cable.holdAfter(Long.MAX_VALUE);

    await().until(() -> n1.send(n2, last));
    await().until(() -> n2.messages().contains(last));
    assertThat(n2.messages()).endsWith(last).hasSizeGreaterThan(64);
  }

  @Test
  void aBrokenConnectionIsDialledAnewAndToldOf() throws IOException {
    cable.cut();

    await().until(() -> n1.connected.size() == 2);
    await().until(() -> n1.send(n2, beat(7)));
    await().until(() -> n2.messages().contains(beat(7)));
    await().until(() -> n1.send(n2, append()));
  }

  @Test
  void aPeerThatRestartsOnItsPortIsFoundAgain() throws IOException {
    TestHost before = TestHost.start("n3").serve();
    n1.knows(before);
    await().until(() -> n1.connected.size() == 2);
    String address = before.transport.address();
    before.close();
    await().until(() -> !n1.send(before, beat(1)));

    try (TestHost after =
        TestHost.start("n3", address, TestHost.CLUSTER, TestHost.MAX_MESSAGE_BYTES)) {
      after.serve(TestHost.GROUP, 2);

      await().until(() -> n1.connected.size() == 3);
      assertThat(n1.connected).last().returns(2L, c -> c.directory().start().counter());
    }
  }

  @Test
  void aPeerThatDialsIsDialledAtOnce() throws IOException {
    String address;
    try (TestHost free = TestHost.start("n3")) {
      address = free.transport.address();
    }
    n1.transport.peers(TestHost.GROUP, Map.of(NodeId.of("n3"), List.of(address)));
    await()
        .during(Duration.ofSeconds(3)) // the pauses have grown to their longest
        .until(() -> n1.connected.size() == 1);

    try (TestHost n3 =
        TestHost.start("n3", address, TestHost.CLUSTER, TestHost.MAX_MESSAGE_BYTES).serve()) {
      n3.knows(n1);

      await().until(() -> !n3.connected.isEmpty());
      await().atMost(Duration.ofMillis(700)).until(() -> n1.connected.size() == 2);
    }
  }

  @Test
  void aPeerThatMovesIsDialledAtItsNewAddress() throws IOException {
    try (Cable other = Cable.tcp(n2.transport.address())) {
      n1.transport.peers(TestHost.GROUP, Map.of(n2.id, List.of(other.address())));

      await().until(() -> n1.connected.size() == 2);
      cable.close();
      await().until(() -> n1.send(n2, beat(3)));
      await().until(() -> n2.messages().contains(beat(3)));
    }
  }

  @Test
  void aPeerThatIsForgottenIsSentNothing() {
    n1.transport.peers(TestHost.GROUP, Map.of());

    assertThat(n1.send(n2, beat(1))).isFalse();
  }

  @Test
  void nothingIsSentAfterClose() {
    n1.close();
    n1.close();

    assertThat(n1.send(n2, beat(1))).isFalse();
    await().until(() -> !n2.send(n1, new Message.HeartbeatReply(n2.id, 1, 1, 1)));
  }
}
