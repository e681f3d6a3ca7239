package io.bowline.raft.testkit.junit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Who is who on the streams (identity 5, 12, 15): what was said comes in order, nothing passes
 * before it is let in, and what belongs to one directory never goes to another of the same name.
 */
abstract class TransportIdentityRules extends TransportRules {
  private static final long SECOND = 2;

  @Test
  final void theHandshakeComesBeforeAnythingElse() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n1.knows(n2);
    n2.knows(n1);
    untilOpen(n1, n2);
    untilOpen(n2, n1);

    requireHandshake(n1, n2);
    requireHandshake(n2, n1);
  }

  private static void requireHandshake(KitHost host, KitHost other) {
    Map<GroupLink, List<Class<?>>> words = new HashMap<>();
    Map<GroupLink, Long> numbers = new HashMap<>();
    for (KitHost.Told.Said one : host.told(KitHost.Told.Said.class)) {
      GroupLink link = one.link();
      words.computeIfAbsent(link, l -> new ArrayList<>()).add(one.word().getClass());
      assertEquals(other.id, link.peer(), "who said it");
      assertEquals(KitHost.GROUP, link.group());
      long number = numbers.computeIfAbsent(link, l -> one.word().number());
      assertEquals(number, one.word().number(), "each word repeats the number of the hello");
    }
    assertEquals(4, words.size(), "two connections that were dialled, two that were accepted");
    words.forEach(
        (link, said) ->
            assertEquals(
                link.isDialled()
                    ? List.of(GroupWord.Answer.class, GroupWord.Confirmed.class)
                    : List.of(GroupWord.Hello.class, GroupWord.Confirm.class),
                said,
                () -> "the words of " + link));
    assertEquals(
        List.of(other.peer(KitHost.GROUP)), host.connected(), "once, for its entries to the other");
    assertInstanceOf(KitHost.Told.Admitted.class, firstOfMessages(host), "before all messages");
    for (KitHost.Told.Received one : host.received()) {
      assertEquals(other.peer(KitHost.GROUP), one.from(), "the directory that sends");
    }
  }

  /** The first that was told but for words. */
  private static KitHost.Told firstOfMessages(KitHost host) {
    return host.told().stream()
        .filter(t -> t instanceof KitHost.Told.Admitted || t instanceof KitHost.Told.Received)
        .findFirst()
        .orElseThrow();
  }

  @Test
  final void nothingPassesBeforeItIsAdmitted() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n1.admitsAt = GroupWord.Answer.class; // too early: the other side has let nobody in
    n2.admitsAt = null;

    n1.knows(n2);

    until("it is sent by who has let in", () -> n1.send(n2, n1.beat(1)));
    assertFalse(
        await(
            () ->
                n2.send(n1, new Message.HeartbeatReply(n2.id, 1, 1, 1)) || !n2.received().isEmpty(),
            aWhile()),
        "a message passes a side that has let nobody in");
  }

  @Test
  final void anAnswerGoesToTheDirectoryThatAsked() throws IOException {
    KitHost n2 = start("n2").serves();
    KitHost first = start("n1").serves();
    first.knows(n2);
    n2.knows(first);
    untilOpen(first, n2);
    KitHost second = start("n1").serves(KitHost.GROUP, SECOND);
    second.knows(n2);
    until("the second is let in", () -> second.send(n2, second.beat(2)));
    until("what it sends is its own", () -> isFrom(n2, 2, second));

    assertTrue(n2.send(first, new Message.HeartbeatReply(n2.id, 1, 1, 11)));
    assertTrue(n2.send(second, new Message.HeartbeatReply(n2.id, 1, 1, 12)));

    until("each has its answer", () -> first.messages().size() + second.messages().size() == 2);
    assertEquals(List.of(new Message.HeartbeatReply(n2.id, 1, 1, 11)), first.messages());
    assertEquals(List.of(new Message.HeartbeatReply(n2.id, 1, 1, 12)), second.messages());
  }

  private static boolean isFrom(KitHost host, long round, KitHost sender) {
    for (KitHost.Told.Received one : host.received()) {
      if (one.message() instanceof Message.Heartbeat beat && beat.round() == round) {
        return one.from().equals(sender.peer(KitHost.GROUP));
      }
    }
    return false;
  }

  @Test
  final void anotherDirectorysHelloDisplacesNothing() throws IOException {
    KitHost n2 = start("n2").serves();
    KitHost first = start("n1").serves();
    first.knows(n2);
    n2.knows(first);
    untilOpen(first, n2);
    KitHost second = start("n1").serves(KitHost.GROUP, SECOND);
    second.knows(n2);
    until("the second is let in", () -> second.send(n2, second.beat(2)));

    second.close();

    until("it is gone", () -> !n2.send(second, new Message.HeartbeatReply(n2.id, 1, 1, 12)));
    assertTrue(
        n2.send(first, new Message.HeartbeatReply(n2.id, 1, 1, 11)), "the first lost its way");
    until("the first has its answer", () -> !first.messages().isEmpty());
    assertEquals(List.of(), first.told(KitHost.Told.Closed.class), "the first lost a stream");
  }

  @Test
  final void aNewerStreamOfADirectoryClosesTheOlder() throws IOException {
    KitHost n2 = start("n2").serves();
    KitHost older = start("n1").serves();
    older.knows(n2);
    n2.knows(older);
    untilOpen(older, n2);
    KitHost newer = start("n1").serves(); // as after a break that n2 has not seen

    newer.knows(n2);

    until(
        "the older one for entries ends",
        () ->
            older.told(KitHost.Told.Closed.class).stream().anyMatch(t -> t.link().isForEntries()));
    newer.close();
    until("and dials again", () -> older.connected().size() >= 2);
    until("and passes", () -> older.send(n2, older.beat(9)) && n2.rounds().contains(9L));
    until(
        "and is answered",
        () ->
            n2.send(older, new Message.HeartbeatReply(n2.id, 1, 1, 9))
                && older.messages().contains(new Message.HeartbeatReply(n2.id, 1, 1, 9)));
  }

  @Test
  final void aResetEndsThatDirectorysStreamsAndTheyAreDialledAgain() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2").serves();
    n1.knows(n2);
    untilOpen(n1, n2);
    Peer other = new Peer(n1.id, KitHost.directory(n1.id, SECOND).incarnation());
    n2.transport.reset(KitHost.GROUP, other, "what another directory said");
    assertFalse(
        await(() -> !n1.told(KitHost.Told.Closed.class).isEmpty(), aWhile()),
        "the streams of another directory end");

    n2.transport.reset(KitHost.GROUP, n1.peer(KitHost.GROUP), "a term that cannot be");

    until("both end", () -> n1.told(KitHost.Told.Closed.class).size() >= 2);
    until("at both ends", () -> n2.told(KitHost.Told.Closed.class).size() >= 2);
    until("they are dialled again", () -> n1.connected().size() >= 2);
    until("and pass", () -> n1.send(n2, n1.beat(3)) && n2.rounds().contains(3L));
    until("also entries", () -> n1.send(n2, append(n1, EntryBatch.EMPTY)));
    untilBothSay("a term that cannot be");
  }

  @Test
  final void aHelloOfAGroupThatIsServedLaterIsHandedOver() throws IOException {
    KitHost n1 = start("n1").serves();
    KitHost n2 = start("n2");
    n1.knows(n2);
    assertFalse(
        await(() -> n1.send(n2, n1.beat(1)), aWhile()), "a group that is not served passes");
    assertEquals(List.of(), n2.told(), "told of a group that is not served");

    n2.serves();

    until("it passes", () -> n1.send(n2, n1.beat(2)) && n2.rounds().contains(2L));
  }

  @Test
  final void aPeerIsFoundUnderItsNextAddress() throws IOException {
    assumeReal();
    KitHost n1 = start("n1").serves();
    KitHost moved = start("n3").serves();
    String left = moved.transport.address();
    moved.close();
    KitHost n2 = start("n2").serves();

    n1.transport.peers(KitHost.GROUP, Map.of(n2.id, List.of(left, n2.transport.address())));

    untilOpen(n1, n2);
  }
}
