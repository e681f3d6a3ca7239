package io.bowline.raft.testkit.junit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/**
 * What every transport has to do, as tests: extend this, say how one is made, and run it.
 *
 * <pre>{@code
 * class MyTransportTest extends TransportConformance {
 *   @Override
 *   protected Transport create(@Nullable String address) {
 *     return new MyTransport(address == null ? "127.0.0.1:0" : address);
 *   }
 * }
 * }</pre>
 *
 * The interface allows a transport to lose, delay and repeat; what passes these tests does so only
 * where a connection breaks or a queue is full, and says so where it can. Between two transports
 * over TCP the kit lays a {@link Cable} in order to be a slow peer or a broken connection.
 */
public abstract class TransportConformance extends TransportIdentityRules {
  private static final int CHUNK = 16 << 10;

  /** For JUnit, which makes one for each test. */
  protected TransportConformance() {}

  @Test
  final void theWrongClusterIsRefusedAndBothSidesSayWhy() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start(null, "n2", ClusterId.of("elsewhere"), KitHost.MAX_MESSAGE_BYTES).serves();

    n1.knows(n2);
    n2.knows();

    requireApart(n1, n2);
    untilBothSay("n1", "n2", "conformance", "elsewhere");
    requireApart(n1, n2);
  }

  private void requireApart(KitHost n1, KitHost n2) {
    assertFalse(
        await(() -> n1.send(n2, n1.beat(1)) || !n1.connected().isEmpty(), aWhile()),
        "who was refused is connected");
    assertEquals(List.of(), n2.received());
  }

  @Test
  final void whomTheHandlerRefusesPassesNothingUntilItIsWelcome() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n2.judge = directory -> "a stranger to the group";

    n1.knows(n2);

    until("the handler is asked", () -> !n2.told().isEmpty());
    requireApart(n1, n2);
    untilBothSay("a stranger to the group");
    n2.judge = directory -> null;
    untilOpen(n1, n2);
  }

  @Test
  final void theDialerRefusesAsWell() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n1.judge = directory -> "a restored copy";

    n1.knows(n2);

    until("the handler is asked", () -> !n1.told().isEmpty());
    requireApart(n1, n2);
    untilBothSay("a restored copy");
  }

  @Test
  final void whoAnswersInPlaceOfAnotherIsRefused() throws IOException {
    assumeReal();
    KitHost n1 = start("n1").serves();
    KitHost n3 = start("n3").serves();
    NodeId n2 = NodeId.of("n2");

    n1.transport.peers(KitHost.GROUP, Map.of(n2, List.of(n3.transport.address())));

    assertFalse(
        await(
            () ->
                n1.transport.send(
                    KitHost.GROUP, new Peer(n2, n3.peer(KitHost.GROUP).incarnation()), n1.beat(1)),
            aWhile()),
        "a message for n2 was sent to n3");
    assertEquals(List.of(), n3.received());
    assertEquals(List.of(), n1.connected());
    untilBothSay("n2", "n3");
  }

  @Test
  final void groupsAreKeptApart() throws IOException {
    GroupId second = GroupId.of("second");
    GroupId third = GroupId.of("third");
    KitHost n1 = start("n1").serves().serves(second, 2).serves(third, 3);
    KitHost n2 = start("n2").serves().serves(second, 5);
    Map<NodeId, List<String>> where = Map.of(n2.id, List.of(n2.transport.address()));
    for (GroupId group : List.of(KitHost.GROUP, second, third)) {
      n1.transport.peers(group, where);
    }
    untilOpen(n1, n2);

    until("the second group passes", () -> n1.transport.send(second, n2.peer(second), n1.beat(22)));

    until("its message arrives", () -> n2.rounds().contains(22L));
    for (KitHost.Told.Received one : n2.received()) {
      boolean isSecond = one.message() instanceof Message.Heartbeat beat && beat.round() == 22;
      GroupId group = isSecond ? second : KitHost.GROUP;
      assertEquals(group, one.group(), "of which group it is");
      assertEquals(n1.peer(group), one.from(), "whose it is");
    }
    assertFalse(
        n1.transport.send(third, n2.peer(third), n1.beat(33)),
        "a group that is not served there passes");
  }

  @Test
  final void aClosedGroupPassesNothingAndARestartedOneIsConnectedAnew() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n1.knows(n2);
    untilOpen(n1, n2);

    int links = n2.told(KitHost.Told.Admitted.class).size();
    n2.transport.closeGroup(KitHost.GROUP);
    until("its links are closed", () -> n2.told(KitHost.Told.Closed.class).size() == links);
    until("nothing passes", () -> !n1.send(n2, n1.beat(1)));
    int before = n2.received().size();
    assertFalse(
        await(() -> n1.send(n2, n1.beat(2)) || n2.received().size() > before, aWhile()),
        "a group that was closed receives");
    n2.serves(KitHost.GROUP, 2);

    until("it is connected anew", () -> lastConnected(n1, n2));
    until("and passes", () -> n1.send(n2, n1.beat(3)) && n2.rounds().contains(3L));
  }

  private static boolean lastConnected(KitHost host, KitHost other) {
    List<Peer> all = host.connected();
    return !all.isEmpty() && all.get(all.size() - 1).equals(other.peer(KitHost.GROUP));
  }

  @Test
  final void aPeerThatRestartsIsFoundAgain() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost before = start("n2").serves();
    n1.knows(before);
    untilOpen(n1, before);
    String address = before.transport.address();
    before.close();
    until("it is gone", () -> !n1.send(before, n1.beat(1)));

    KitHost after = start(address, "n2", KitHost.CLUSTER, KitHost.MAX_MESSAGE_BYTES);
    after.serves(KitHost.GROUP, 2);

    until("it is connected anew", () -> lastConnected(n1, after));
    until("and passes", () -> n1.send(after, n1.beat(2)) && after.rounds().contains(2L));
  }

  @Test
  final void nothingIsToldAfterClose() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n1.knows(n2);
    untilOpen(n1, n2);
    for (long i = 1; i <= 500; i++) {
      boolean sent = n1.send(n2, n1.beat(i)) && n1.send(n2, append(n1, EntryBatch.EMPTY));
      assertTrue(sent || i > 1, "the connection was open");
    }

    n2.close();

    until("the other side sees it", () -> !n1.send(n2, n1.beat(1)));
    assertFalse(await(() -> n2.late() > 0, aWhile()), "something was told after close() returned");
    assertFalse(n2.send(n1, new Message.HeartbeatReply(n2.id, 1, 1, 1)), "sent after close");
    n2.close();
  }

  @Test
  final void aConnectionThatBreaksIsMadeAnew() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    Cable cable = wire(n1, n2);
    untilOpen(n1, n2);

    cable.cut();

    until("a new replication session begins", () -> n1.connected().size() >= 2);
    until("and passes", () -> n1.send(n2, n1.beat(3)) && n2.rounds().contains(3L));
  }

  @Test
  final void controlDoesNotWaitBehindEntries() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    Cable cable = wire(n1, n2);
    untilOpen(n1, n2);
    cable.holdAfter(256 << 10);

    assertTrue(n1.send(n2, append(n1, Entries.commands(1, 1, 1, 900_000))));

    until("a heartbeat overtakes", () -> n1.send(n2, n1.beat(7)) && n2.rounds().contains(7L));
    cable.holdAfter(Long.MAX_VALUE);
  }

  @Test
  final void aSlowPeerBoundsTheQueueAndEachDropIsTold() throws Exception {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    Cable cable = wire(n1, n2);
    untilOpen(n1, n2);
    cable.holdAfter(0);
    List<Long> taken = new ArrayList<>();

    CompletableFuture<Boolean> filling = new CompletableFuture<>();
    Thread filler = new Thread(() -> filling.complete(fill(n1, n2, taken)), "conformance-filler");
    filler.setDaemon(true);
    filler.start();
    assertTrue(await(filling::isDone, patience()), "send blocks where a peer is slow");
    assertTrue(
        result(filling), () -> "over " + mostBytesThatWait() + " bytes wait for a slow peer");
    cable.holdAfter(Long.MAX_VALUE);

    until("all that was not dropped arrives", () -> appended(n2).size() >= taken.size());
    assertEquals(taken, appended(n2), "what was taken, in order");
    until("there is room again", () -> n1.send(n2, append(n1, EntryBatch.EMPTY)));
  }

  private static boolean result(CompletableFuture<Boolean> filling)
      throws InterruptedException, ExecutionException, TimeoutException {
    return filling.get(1, TimeUnit.SECONDS);
  }

  /** True if at last one was dropped. */
  private boolean fill(KitHost from, KitHost to, List<Long> taken) {
    EntryBatch chunk = Entries.commands(1, 1, 1, CHUNK);
    long most = mostBytesThatWait() / CHUNK;
    for (long commit = 1; commit <= most; commit++) {
      Message message = new Message.AppendEntries(from.id, 1, 1, EntryId.ZERO, chunk, commit);
      if (!from.send(to, message)) {
        return true;
      }
      taken.add(commit);
    }
    return false;
  }

  /** By commit index, which is what tells them apart here. */
  private static List<Long> appended(KitHost peer) {
    return peer.appends().stream().map(Message.AppendEntries::commit).toList();
  }
}
