package io.bowline.raft.testkit.junit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.TermRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of messages between two hosts that are welcome to each other. */
abstract class TransportRules extends TransportSetting {
  private static final int BEATS = 2_000;
  private static final int APPENDS = 300;
  private static final int SENDERS = 4;
  private static final int BEATS_OF_EACH = 400;

  @Test
  final void eachKindOfMessageArrivesAsItWasUnderItsSender() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n1.knows(n2);
    n2.knows(n1);
    untilOpen(n1, n2);
    untilOpen(n2, n1);
    EntryId last = new EntryId(7, 3);
    List<Message> requests =
        List.of(
            new Message.PreVote(n1.id, 4, last),
            new Message.RequestVote(n1.id, 4, last, true),
            new Message.RequestVote(n1.id, 5, last, false),
            new Message.Heartbeat(n1.id, 4, 2, 9, 6, 1_000),
            new Message.AppendEntries(n1.id, 4, 2, last, EntryBatch.EMPTY, 6));
    List<Message> replies =
        List.of(
            new Message.PreVoteReply(n2.id, 4, true),
            new Message.VoteReply(n2.id, 4, false),
            new Message.HeartbeatReply(n2.id, 4, 2, 9),
            new Message.AppendReply(n2.id, 4, 2, true, 7, 9, List.of()),
            new Message.AppendReply(n2.id, 4, 2, false, 7, 9, List.of(new TermRun(3, 1, 9))));

    for (Message request : requests) {
      assertTrue(n1.send(n2, request), () -> "was dropped: " + request);
    }
    for (Message reply : replies) {
      assertTrue(n2.send(n1, reply), () -> "was dropped: " + reply);
    }

    until("all requests arrive", () -> n2.messages().containsAll(requests));
    until("all replies arrive", () -> n1.messages().containsAll(replies));
    requireSender(n1, n2.received());
    requireSender(n2, n1.received());
  }

  private static void requireSender(KitHost sender, List<KitHost.Told.Received> received) {
    for (KitHost.Told.Received one : received) {
      assertEquals(sender.peer(KitHost.GROUP), one.from());
      assertEquals(sender.id, one.message().from());
    }
  }

  @Test
  final void entriesArriveByteForByte() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n1.knows(n2);
    untilOpen(n1, n2);
    List<EntryBatch> sent = new ArrayList<>();
    for (int bytes : new int[] {0, 1, 7, 512, 70_000, 400_000}) {
      sent.add(Entries.commands(sent.size() * 2 + 1, 3, 2, bytes));
    }
    sent.add(Entries.one(13, 4, EntryType.NO_OP, new byte[0]));
    sent.add(Entries.one(14, 4, EntryType.MEMBERSHIP, Place.INITIAL.encode()));
    EntryBatch joined = EntryBatch.join(List.of(sent.get(6), sent.get(7)));
    sent.add(joined);

    for (EntryBatch batch : sent) {
      assertTrue(n1.send(n2, append(n1, batch)), () -> "was dropped: " + batch);
      until("entries arrive: " + batch, () -> holds(n2, batch));
    }
  }

  private static boolean holds(KitHost peer, EntryBatch batch) {
    for (EntryBatch found : batches(peer)) {
      if (found.count() == batch.count()
          && found.firstIndex() == batch.firstIndex()
          && found.byteLength() == batch.byteLength()) {
        assertEquals(Entries.bytes(batch), Entries.bytes(found), "the bytes of " + batch);
        return true;
      }
    }
    return false;
  }

  private static List<EntryBatch> batches(KitHost peer) {
    return peer.appends().stream().map(Message.AppendEntries::entries).toList();
  }

  private static List<Long> firstIndexes(KitHost peer) {
    return batches(peer).stream().map(EntryBatch::firstIndex).toList();
  }

  /** What a host joins in one message is its own limit; one frame is taken by everybody. */
  @Test
  final void aFrameIsTakenWhateverThePeersBatches() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start(null, "n2", KitHost.CLUSTER, 64 << 10).serves();
    n1.knows(n2);
    untilOpen(n1, n2);
    int sessions = n1.connected().size();
    EntryBatch large = Entries.commands(1, 1, 1, 5 << 20);

    assertTrue(n1.send(n2, append(n1, large)), "one frame over the peer's limit was dropped");

    until("it arrives", () -> holds(n2, large));
    assertTrue(n1.send(n2, append(n1, Entries.commands(2, 1, 1, 10))));
    until("the next one arrives", () -> firstIndexes(n2).contains(2L));
    assertEquals(sessions, n1.connected().size(), "a large frame breaks the connection");
  }

  @Test
  final void messagesOfAConnectionArriveInOrderAndOnce() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n1.knows(n2);
    untilOpen(n1, n2);
    List<Long> beats = new ArrayList<>();
    List<Long> appends = new ArrayList<>();

    for (long i = 1; i <= BEATS; i++) {
      if (n1.send(n2, n1.beat(i))) {
        beats.add(i);
      }
      if (i <= APPENDS && n1.send(n2, append(n1, Entries.commands(i, 1, 1, 100)))) {
        appends.add(i);
      }
    }

    until("all that was not dropped arrives", () -> counted(n2).size() >= beats.size());
    until("all entries arrive", () -> firstIndexes(n2).size() >= appends.size());
    assertEquals(beats, counted(n2), "heartbeats, in order");
    assertEquals(appends, firstIndexes(n2), "entries, in order");
  }

  /** Without round 0, by which it was opened: more than one of it may be on its way. */
  private static List<Long> counted(KitHost peer) {
    return peer.rounds().stream().filter(round -> round > 0).toList();
  }

  @Test
  final void threadsMaySendAtTheSameTime() throws IOException, InterruptedException {
    assumeReal();
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n1.knows(n2);
    untilOpen(n1, n2);
    Queue<Long> sent = new ConcurrentLinkedQueue<>();
    List<Thread> senders = new ArrayList<>();
    for (int sender = 1; sender <= SENDERS; sender++) {
      long base = sender * 1_000_000L;
      senders.add(new Thread(() -> sendFrom(base, n1, n2, sent), "conformance-sender"));
    }

    senders.forEach(Thread::start);
    for (Thread sender : senders) {
      sender.join(TimeUnit.SECONDS.toMillis(30));
      assertFalse(sender.isAlive(), "send blocks");
    }

    Set<Long> all = new TreeSet<>(sent);
    until("all that was not dropped arrives", () -> n2.rounds().containsAll(all));
    for (long sender = 1; sender <= SENDERS; sender++) {
      long base = sender * 1_000_000L;
      List<Long> ofOne =
          n2.rounds().stream().filter(r -> r / 1_000_000 == base / 1_000_000).toList();
      assertEquals(ofOne.stream().sorted().distinct().toList(), ofOne, "of one thread, in order");
    }
  }

  private static void sendFrom(long base, KitHost from, KitHost to, Queue<Long> sent) {
    for (long i = 1; i <= BEATS_OF_EACH; i++) {
      if (from.send(to, from.beat(base + i))) {
        sent.add(base + i);
      }
    }
  }

  @Test
  final void aHandlerMayAnswerFromWithinItsCall() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n1.knows(n2);
    n2.knows(n1);
    untilOpen(n1, n2);
    n2.onReceived =
        (peer, message) -> {
          if (message instanceof Message.Heartbeat beat && beat.round() > 0) {
            n2.send(n1, new Message.HeartbeatReply(n2.id, 1, 1, beat.round()));
          }
        };

    assertTrue(n1.send(n2, n1.beat(5)));

    Message reply = new Message.HeartbeatReply(n2.id, 1, 1, 5);
    until("the answer comes back", () -> n1.messages().contains(reply));
  }

  @Test
  final void repliesTakeTheConnectionOnWhichThePeerAsks() throws IOException {
    assumeReal();
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n1.knows(n2); // and n2 knows nobody
    untilOpen(n1, n2);

    until("a reply finds its way", () -> n2.send(n1, new Message.HeartbeatReply(n2.id, 1, 1, 5)));
    until("a reply arrives", () -> !n1.received().isEmpty());
    assertFalse(n2.send(n1, n2.beat(1)), "a request left on a connection of the peer's");
  }

  @Test
  final void nothingIsSentToWhomTheHostDoesNotKnow() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    assertFalse(n1.send(n2, n1.beat(1)), "sent to a peer of which nothing was said");
    n1.knows(n2);
    untilOpen(n1, n2);

    n1.knows();

    until("a peer that was forgotten is sent nothing", () -> !n1.send(n2, n1.beat(2)));
  }
}
