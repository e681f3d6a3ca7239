package io.bowline.raft.testkit.junit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import io.bowline.raft.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Hosts over the transport under test, and how the kit waits. */
abstract class TransportSetting {
  private static final long POLL_NANOS = 2_000_000;

  private final List<KitHost> peers = new ArrayList<>();
  private final List<Cable> cables = new ArrayList<>();

  /**
   * A transport that is not started yet.
   *
   * @param address where it must be reached, which one that is closed now had; {@code null}: where
   *     it likes
   */
  protected abstract Transport create(@Nullable String address) throws IOException;

  /**
   * The reasons of all refusals that were logged since the test began, by both sides, one string
   * each; {@code null} if that cannot be told, and then it is not asked for.
   */
  protected @Nullable List<String> refusals() {
    return null;
  }

  /**
   * A cable that leads to that address; {@code null} if there can be none, and the tests that need
   * one are skipped. If not overridden: a relay over TCP.
   */
  protected @Nullable Cable cable(String address) throws IOException {
    return Cable.tcp(address);
  }

  /**
   * Whether it only stands for a network: then it lives on one thread and knows its peers by their
   * place, and what asks for more is skipped.
   */
  protected boolean isSimulated() {
    return false;
  }

  final void assumeReal() {
    assumeFalse(isSimulated(), "a simulated transport");
  }

  /** How many bytes may wait for a peer that is slow; 64 MiB if not overridden. */
  protected long mostBytesThatWait() {
    return 64L << 20;
  }

  /** How long something may take before it counts as never; 10 s if not overridden. */
  protected Duration patience() {
    return Duration.ofSeconds(10);
  }

  /** How long the kit looks on in order to see that something does not happen; 300 ms. */
  protected Duration aWhile() {
    return Duration.ofMillis(300);
  }

  /** Waits until it is so; false if it is not so within that time. */
  protected boolean await(BooleanSupplier condition, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() >= deadline) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  @AfterEach
  final void closeAll() throws IOException {
    for (KitHost peer : peers) {
      peer.close();
    }
    for (Cable cable : cables) {
      cable.close();
    }
  }

  final void until(String what, BooleanSupplier condition) {
    assertTrue(await(condition, patience()), () -> "within " + patience() + ": " + what);
  }

  final KitHost start(String name) throws IOException {
    return start(null, name, KitHost.CLUSTER, KitHost.MAX_MESSAGE_BYTES);
  }

  final KitHost start(@Nullable String address, String name, ClusterId cluster, int maxMessageBytes)
      throws IOException {
    KitHost peer = KitHost.start(create(address), name, cluster, maxMessageBytes);
    peers.add(peer);
    return peer;
  }

  /** Messages pass from one to the other, in both kinds of connection. */
  final void untilOpen(KitHost from, KitHost to) {
    until(
        from.id + " reaches " + to.id,
        () -> from.send(to, from.beat(0)) && from.send(to, append(from, EntryBatch.EMPTY)));
    until("what was sent arrives", () -> to.rounds().contains(0L) && hasAppend(to));
  }

  private static boolean hasAppend(KitHost peer) {
    return peer.messages().stream().anyMatch(Message.AppendEntries.class::isInstance);
  }

  /** Brings those entries, behind an entry that would stand before them. */
  static Message append(KitHost from, EntryBatch entries) {
    if (entries.isEmpty()) {
      return new Message.AppendEntries(from.id, 1, 1, EntryId.ZERO, entries, 0);
    }
    long first = entries.firstIndex();
    EntryId prev = first == 1 ? EntryId.ZERO : new EntryId(first - 1, entries.termAt(first));
    return new Message.AppendEntries(from.id, entries.last().term(), 1, prev, entries, 0);
  }

  /** Two hosts, of which the first dials the second through a cable. */
  final Cable wire(KitHost from, KitHost to) throws IOException {
    Cable cable = cable(to.transport.address());
    assumeTrue(cable != null, "no cable can be laid between these transports");
    if (cable == null) {
      throw new AssertionError("not assumed");
    }
    cables.add(cable);
    from.transport.peers(KitHost.GROUP, Map.of(to.id, List.of(cable.address())));
    return cable;
  }

  /** Both sides have said that, where it can be told. */
  final void untilBothSay(String... words) {
    List<String> known = refusals();
    if (known != null) {
      until("both sides say why: " + List.of(words), () -> said(words).size() >= 2);
      assertEquals(2, said(words).size(), () -> "each side says it once: " + said(words));
    }
  }

  private List<String> said(String... words) {
    List<String> known = refusals();
    return known == null
        ? List.of()
        : known.stream().filter(line -> List.of(words).stream().allMatch(line::contains)).toList();
  }
}
