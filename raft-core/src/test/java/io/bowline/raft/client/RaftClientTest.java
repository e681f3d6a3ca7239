package io.bowline.raft.client;

import static io.bowline.raft.client.ScriptedNodes.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.client.ScriptedNodes.Talk;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.CommandTooLargeException;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RaftClientTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ATTEMPT = Duration.ofSeconds(1);
  private static final FoundingId HERE = new FoundingId(1, 2);
  private static final FoundingId THERE = new FoundingId(3, 4);
  private static final Refusal OTHER = new Refusal.OtherFounding(HERE, THERE);

  private final VirtualTime time = new VirtualTime(1);
  private final ScriptedNodes nodes = new ScriptedNodes();
  private final RaftClient<String, String> client = builder().open();

  /** Of calls whose outcome is not what the test is about. */
  private final List<CompletableFuture<Outcome<String>>> outcomes = new ArrayList<>();

  private RaftClientBuilder<String, String> builder() {
    return RaftClient.builder()
        .commands(Codec.utf8())
        .replies(Codec.utf8())
        .group(GroupId.of("g"))
        .addresses(List.of("a", "b", "c"))
        .transport(nodes)
        .environment(time)
        .timeout(TIMEOUT)
        .attemptTimeout(ATTEMPT)
        .maxInFlight(8)
        .maxInFlightBytes(100)
        .maxCommandBytes(50);
  }

  /** A client whose session 7 is open, and the connection to its leader. */
  private Talk connected() {
    CompletableFuture<Outcome<String>> first = client.submit("first");
    Talk talk = nodes.last().open();
    talk.openSession(7);
    talk.done(talk.lastRequest(), 8, "");
    time.settle();
    assertThat(first).isCompletedWithValue(new Outcome.Committed<>(8, ""));
    return talk;
  }

  @Test
  void firstCommandOpensASessionAndIsAnswered() {
    CompletableFuture<Outcome<String>> outcome = client.submit("x");
    Talk talk = nodes.last().open();
    assertThat(talk.received()).singleElement().isInstanceOf(ClientRequest.OpenSession.class);

    talk.openSession(7);

    ClientRequest.Command command = talk.lastCommand();
    assertThat(command.session()).isEqualTo(nodes.header(7, 1, 1));
    assertThat(command.command()).isEqualTo(payload("x"));
    assertThat(command.timeoutNanos()).isEqualTo(TIMEOUT.toNanos());
    talk.done(command, 9, "y");
    time.settle();
    assertThat(outcome).isCompletedWithValue(new Outcome.Committed<>(9, "y"));
  }

  @Test
  void loneRequestLeavesAtOnceAndWhatCallbacksSubmitLeavesTogether() {
    Talk talk = connected();
    for (String text : List.of("1", "2", "3")) {
      outcomes.add(client.submit(text).thenCompose(done -> client.submit(text + "again")));
      assertThat(talk.lastBatch()).hasSize(1);
    }
    List<ClientRequest> asked = talk.received();
    int batches = talk.batches.size();

    talk.reply(
        asked.subList(asked.size() - 3, asked.size()).stream()
            .map(request -> new ClientReply.Done(request.id(), 10, payload("")))
            .toArray(ClientReply[]::new));
    time.settle();

    assertThat(talk.batches).hasSize(batches + 1);
    assertThat(talk.lastBatch()).hasSize(3);
  }

  @Test
  void whatWaitsForTheConnectionLeavesAsOneBatchOnceItsNodeIsSeenToLead() {
    outcomes.add(client.submit("1"));
    outcomes.add(client.submit("2"));
    outcomes.add(client.query("3"));
    Talk talk = nodes.last().open();
    assertThat(talk.received()).hasSize(1);

    talk.openSession(5);

    List<ClientRequest> batch = talk.lastBatch();
    assertThat(batch).hasSize(3);
    assertThat(batch.get(0)).isInstanceOf(ClientRequest.Query.class);
    assertThat(batch.subList(1, 3))
        .extracting(request -> ((ClientRequest.Command) request).session())
        .containsExactly(nodes.header(5, 1, 1), nodes.header(5, 2, 1));
  }

  @Test
  void nodeThatMayNotLeadIsAskedOneThingOnly() {
    Talk talk = connected();
    for (int i = 0; i < 5; i++) {
      outcomes.add(client.submit("x"));
    }

    talk.lose("reset");
    time.advance(Duration.ofMillis(10));
    Talk guessed = nodes.last().open();
    assertThat(guessed.received()).hasSize(1);
    guessed.notLeader(guessed.lastRequest(), "d");
    Talk hinted = nodes.last().open();

    assertThat(hinted.lastBatch()).hasSize(5);
  }

  @Test
  void hintIsFollowedWithoutAPause() {
    Talk talk = connected();
    outcomes.add(client.submit("x"));
    ClientRequest.Command before = talk.lastCommand();

    talk.notLeader(before, "d");
    assertThat(nodes.last().address).isEqualTo("d");
    Talk leader = nodes.last().open();

    assertThat(leader.lastCommand().session()).isEqualTo(before.session());
    assertThat(time.elapsed()).isZero();
    assertThat(talk.closedByClient).isTrue();
    assertThat(client.stats().redirects()).isEqualTo(1);
  }

  @Test
  void withoutAHintTheNextAddressIsAskedAfterAPause() {
    Talk talk = connected();
    outcomes.add(client.submit("x"));

    talk.notLeader(talk.lastRequest(), null);
    assertThat(nodes.last()).isSameAs(talk);
    time.advance(Duration.ofMillis(10));

    assertThat(nodes.last().address).isNotEqualTo(talk.address);
    nodes.last().open();
    assertThat(nodes.last().lastCommand().session().sequence()).isEqualTo(2);
  }

  @Test
  void leaderThatIsNotReadyYetIsAskedAgainAfterAPause() {
    Talk talk = connected();
    outcomes.add(client.submit("x"));
    ClientRequest.Command asked = talk.lastCommand();

    talk.notLeader(asked, talk.address);
    assertThat(talk.lastCommand()).isEqualTo(asked);
    time.advance(Duration.ofMillis(10));

    assertThat(talk.lastCommand().session()).isEqualTo(asked.session());
    assertThat(talk.lastCommand().id()).isNotEqualTo(asked.id());
    assertThat(nodes.last()).isSameAs(talk);
  }

  @Test
  void nodeThatIsClosedIsLeftForTheNext() {
    Talk talk = connected();
    outcomes.add(client.submit("x"));

    talk.refuse(talk.lastRequest(), new Refusal.Closed("halted"));
    time.advance(Duration.ofMillis(10));

    assertThat(nodes.last().address).isNotEqualTo(talk.address);
  }

  @Test
  void lateRefusalOfANodeThatWasLeftMakesTheAttemptCertain() {
    Talk talk = connected();
    CompletableFuture<Outcome<String>> outcome = client.submit("x");
    ClientRequest.Command asked = talk.lastCommand();
    time.advance(ATTEMPT.plusMillis(10));

    talk.notLeader(asked, null);
    time.advance(TIMEOUT);

    assertThat(refusal(outcome)).isInstanceOf(Refusal.TimedOut.class);
  }

  @Test
  void transportThatThrowsEndsTheCallsInsteadOfHangingThem() {
    Talk talk = connected();
    talk.broken = true;

    CompletableFuture<Outcome<String>> outcome = client.submit("x");
    time.settle();

    assertThat(outcome).isDone();
    assertThat(outcome.join().toString()).contains("broken on purpose");
  }

  @Test
  void addressThatCannotBeConnectedToIsLikeALostConnection() {
    Talk talk = connected();
    outcomes.add(client.submit("x"));

    talk.notLeader(talk.lastRequest(), "bad");
    time.advance(Duration.ofMillis(10));

    assertThat(nodes.last()).isNotSameAs(talk);
    assertThat(nodes.last().address).isIn("a", "b", "c");
  }

  @Test
  void outcomeIsNotLostWithTheExecutorOfItsCallbacks() {
    RaftClient<String, String> refusing =
        builder()
            .callbackExecutor(
                task -> {
                  throw new java.util.concurrent.RejectedExecutionException("shut down");
                })
            .open();

    CompletableFuture<Outcome<String>> outcome = refusing.query("x");
    Talk talk = nodes.last().open();
    talk.done(talk.lastRequest(), 5, "y");

    assertThat(outcome).isCompletedWithValue(new Outcome.Committed<>(5, "y"));
  }

  @Test
  void lostConnectionMakesACommandGoElsewhereWithTheSameSequence() {
    Talk talk = connected();
    CompletableFuture<Outcome<String>> outcome = client.submit("x");
    SessionHeader header = talk.lastCommand().session();

    talk.lose("reset");
    time.advance(Duration.ofMillis(10));
    Talk other = nodes.last().open();

    assertThat(other.address).isNotEqualTo(talk.address);
    assertThat(other.lastCommand().session()).isEqualTo(header);
    other.done(other.lastCommand(), 12, "y");
    time.settle();
    assertThat(outcome).isCompletedWithValue(new Outcome.Committed<>(12, "y"));
    assertThat(client.stats().retries()).isEqualTo(1);
  }

  @Test
  void silentNodeIsLeftAndHintsToItAreNotBelieved() {
    Talk talk = connected();
    outcomes.add(client.submit("x"));
    SessionHeader header = talk.lastCommand().session();

    time.advance(ATTEMPT.plusMillis(10));
    Talk other = nodes.last().open();
    assertThat(other.lastCommand().session()).isEqualTo(header);
    other.notLeader(other.lastCommand(), talk.address);
    time.advance(Duration.ofMillis(30));

    Talk third = nodes.last();
    assertThat(third.address).isNotIn(talk.address, other.address);
  }

  @Test
  void lateAnswerOfANodeThatWasLeftStillCounts() {
    Talk talk = connected();
    CompletableFuture<Outcome<String>> outcome = client.submit("x");
    ClientRequest.Command asked = talk.lastCommand();
    time.advance(ATTEMPT.plusMillis(10));
    nodes.last().open();

    talk.done(asked, 9, "late");
    time.settle();

    assertThat(outcome).isCompletedWithValue(new Outcome.Committed<>(9, "late"));
  }

  @Test
  void unansweredAttemptIsAskedAgainEverMoreRarelyWhereItsNodeAnswersOthers() {
    Talk talk = connected();
    outcomes.add(client.submit("lost"));
    List<Long> repeatedAfterMillis = new ArrayList<>();
    for (int millis = 0; millis < TIMEOUT.toMillis(); millis += 250) {
      if (talk.lastRequest() instanceof ClientRequest.Command) {
        repeatedAfterMillis.add(time.elapsed().toMillis());
      }
      outcomes.add(client.query("other"));
      talk.done(talk.lastRequest(), 10, "");
      time.advance(Duration.ofMillis(250));
    }

    assertThat(repeatedAfterMillis).containsExactly(0L, 2_000L, 6_000L);
    assertThat(talk.closedByClient).isFalse();
  }

  @Test
  void unknownIsAskedAgainWithTheSameSequence() {
    Talk talk = connected();
    outcomes.add(client.submit("x"));
    ClientRequest.Command asked = talk.lastCommand();

    talk.reply(new ClientReply.Unknown(asked.id(), "stepped down"));
    time.advance(Duration.ofMillis(10));

    assertThat(talk.lastCommand().id()).isNotEqualTo(asked.id());
    assertThat(talk.lastCommand().session()).isEqualTo(asked.session());
  }

  @Test
  void expiredSessionCostsACommandNothingThatHadNoOtherAttempt() {
    Talk talk = connected();
    CompletableFuture<Outcome<String>> one = client.submit("x");
    CompletableFuture<Outcome<String>> two = client.submit("y");
    List<ClientRequest> asked = talk.received();

    for (ClientRequest request : asked.subList(asked.size() - 2, asked.size())) {
      talk.refuse(request, new Refusal.SessionExpired(7));
    }
    time.advance(Duration.ofMillis(100));
    talk.openSession(20);

    assertThat(talk.lastBatch())
        .extracting(request -> ((ClientRequest.Command) request).session())
        .containsExactly(nodes.header(20, 1, 1), nodes.header(20, 2, 1));
    talk.lastBatch().forEach(request -> talk.done(request, 21, "z"));
    time.settle();
    assertThat(one).isCompletedWithValue(new Outcome.Committed<>(21, "z"));
    assertThat(two).isCompletedWithValue(new Outcome.Committed<>(21, "z"));
  }

  @Test
  void eachSessionHasAnotherKeyAndARetryOfItsOpeningTheSame() {
    outcomes.add(client.submit("x"));
    Talk talk = nodes.last().open();
    ClientRequest.OpenSession first = (ClientRequest.OpenSession) talk.lastRequest();
    talk.refuse(first, new Refusal.Overloaded("maxSessions", 3, 3));
    time.advance(Duration.ofMillis(100));
    ClientRequest.OpenSession again = (ClientRequest.OpenSession) talk.lastRequest();
    talk.openSession(7);
    talk.refuse(talk.lastRequest(), new Refusal.SessionExpired(7));
    time.advance(Duration.ofMillis(100));
    ClientRequest.OpenSession other = (ClientRequest.OpenSession) talk.lastRequest();

    assertThat(again.id()).isNotEqualTo(first.id());
    assertThat(again.key()).isEqualTo(first.key());
    assertThat(other.key()).isNotEqualTo(first.key());
  }

  @Test
  void nothingIsAskedBeforeTheNodeHasSaidWhichGroupItServes() {
    nodes.founding = null;
    outcomes.add(client.query("x"));
    Talk talk = nodes.last().open();

    ClientRequest.Greet greet = (ClientRequest.Greet) talk.lastRequest();
    assertThat(talk.received()).hasSize(1);
    assertThat(greet.pinned()).isNull();
    talk.reply(new ClientReply.Founded(greet.id(), HERE));

    assertThat(talk.lastRequest()).isInstanceOf(ClientRequest.Query.class);
    talk.lose("reset");
    time.advance(Duration.ofMillis(10));
    Talk next = nodes.last().open();
    assertThat(((ClientRequest.Greet) next.lastRequest()).pinned()).isEqualTo(HERE);
    assertThat(next.received()).hasSize(1);
  }

  @Test
  void nodeOfAnotherFoundingIsLeftAndTheCallIsAnsweredByTheNext() {
    Talk talk = connected();
    nodes.founding = null;
    CompletableFuture<Outcome<String>> outcome = client.submit("x");
    talk.lose("reset");
    time.advance(Duration.ofMillis(100));
    Talk stranger = nodes.last().open();
    stranger.refuse(stranger.lastRequest(), OTHER);
    time.advance(Duration.ofMillis(300));
    Talk good = nodes.last().open();
    good.reply(new ClientReply.Founded(good.lastRequest().id(), HERE));

    good.done(good.lastRequest(), 9, "y");
    time.settle();

    assertThat(stranger.received()).hasSize(1);
    assertThat(stranger.closedByClient).isTrue();
    assertThat(outcome).isCompletedWithValue(new Outcome.Committed<>(9, "y"));
  }

  @Test
  void whereAllNodesAreOfAnotherFoundingCallsEndByWhatIsCertain() {
    Talk talk = connected();
    nodes.founding = null;
    CompletableFuture<Outcome<String>> sent = client.submit("sent");
    talk.full = true;
    CompletableFuture<Outcome<String>> kept = client.submit("kept");
    talk.lose("reset");

    turnAwayAll(OTHER);

    assertThat(sent.join()).isInstanceOf(Outcome.Unknown.class);
    assertThat(sent.join().toString()).contains(HERE.toString(), THERE.toString());
    assertThat(refusal(kept)).isEqualTo(OTHER);
    CompletableFuture<Outcome<String>> later = client.submit("later");
    turnAwayAll(OTHER);
    assertThat(refusal(later)).isEqualTo(OTHER);
  }

  @Test
  void groupThatIsServedNowhereEndsACallLongBeforeItsDeadline() {
    nodes.founding = null;
    CompletableFuture<Outcome<String>> outcome = client.submit("x");

    turnAwayAll(new Refusal.NotServed("no such group"));

    assertThat(refusal(outcome)).isEqualTo(new Refusal.NotServed("no such group"));
  }

  @Test
  void groupThatWasServedBeforeIsWaitedFor() {
    Talk talk = connected();
    nodes.founding = null;
    CompletableFuture<Outcome<String>> outcome = client.query("x");
    talk.lose("reset");

    turnAwayAll(new Refusal.NotServed("restarting"));

    assertThat(outcome).isNotDone();
    nodes.founding = HERE;
    time.advance(Duration.ofMillis(400));
    Talk back = nodes.last().open();
    back.done(back.lastRequest(), 9, "y");
    time.settle();
    assertThat(outcome).isCompletedWithValue(new Outcome.Committed<>(9, "y"));
  }

  @Test
  void replyThatDoesNotDecodeEndsOnlyItsOwnCall() {
    RaftClient<String, String> fragile =
        builder()
            .replies(
                Codec.of(
                    text -> new byte[0],
                    bytes -> {
                      String text = Codec.utf8().decode(bytes);
                      if (text.equals("bad")) {
                        throw new StackOverflowError("deep");
                      }
                      return text;
                    }))
            .open();
    List<CompletableFuture<Outcome<String>>> calls = new ArrayList<>();
    calls.add(fragile.submit("0"));
    Talk talk = nodes.last().open();
    talk.openSession(7);
    talk.done(talk.lastRequest(), 8, "0");
    for (String text : List.of("1", "2", "3")) {
      calls.add(fragile.submit(text));
    }
    List<ClientRequest> asked = talk.received();
    int first = asked.size() - 3;

    talk.reply(
        new ClientReply.Done(asked.get(first).id(), 9, payload("ok")),
        new ClientReply.Done(asked.get(first + 1).id(), 10, payload("bad")),
        new ClientReply.Done(asked.get(first + 2).id(), 11, payload("fine")));
    time.settle();

    assertThat(calls.get(1)).isCompletedWithValue(new Outcome.Committed<>(9, "ok"));
    assertThat(calls.get(2).join()).isInstanceOf(Outcome.Unknown.class);
    assertThat(calls.get(2).join().toString()).contains("index 10", "StackOverflowError: deep");
    assertThat(calls.get(3)).isCompletedWithValue(new Outcome.Committed<>(11, "fine"));
  }

  @Test
  void callbackThatWaitsForItsOwnClientIsToldAtOnce() {
    Talk talk = connected();
    CompletableFuture<Outcome<String>> waits =
        client.submit("1").thenApply(done -> client.submit("2").join());
    CompletableFuture<Outcome<String>> chained =
        client.submit("3").thenApply(done -> client.query("4").thenApply(o -> o).join());
    CompletableFuture<Outcome<String>> other = client.submit("5");
    List<ClientRequest> asked = talk.received();

    asked.subList(asked.size() - 3, asked.size()).forEach(request -> talk.done(request, 9, "x"));
    time.settle();

    assertThat(waits).isCompletedExceptionally();
    assertThatThrownBy(waits::join).hasRootCauseInstanceOf(IllegalStateException.class);
    assertThat(chained).isCompletedExceptionally();
    assertThat(other).isCompletedWithValue(new Outcome.Committed<>(9, "x"));
  }

  @Test
  void clientCanBeClosedInACallback() {
    Talk talk = connected();
    outcomes.add(client.submit("1"));
    CompletableFuture<Void> closes = outcomes.get(0).thenRun(client::close);
    CompletableFuture<Outcome<String>> under = client.submit("2");
    List<ClientRequest> asked = talk.received();

    talk.done(asked.get(asked.size() - 2), 9, "x");
    time.settle();

    assertThat(closes).isCompleted();
    assertThat(under.join()).isInstanceOf(Outcome.Unknown.class);
    assertThat(talk.lastRequest()).isInstanceOf(ClientRequest.CloseSession.class);
  }

  /** Each of the three addresses has its turn. */
  private void turnAwayAll(Refusal refusal) {
    for (int i = 0; i < 3; i++) {
      time.advance(Duration.ofMillis(400));
      Talk next = nodes.last().open();
      next.refuse(next.lastRequest(), refusal);
    }
    time.settle();
  }

  @Test
  void expiredSessionLeavesACommandUnknownIfAnAttemptWasNotAnswered() {
    Talk talk = connected();
    CompletableFuture<Outcome<String>> outcome = client.submit("x");
    talk.lose("reset");
    time.advance(Duration.ofMillis(10));
    Talk other = nodes.last().open();

    other.refuse(other.lastRequest(), new Refusal.SessionExpired(7));
    time.settle();

    assertThat(outcome.join()).isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void commandThatNeverLeftIsNotCommittedAtItsDeadline() {
    CompletableFuture<Outcome<String>> outcome = client.submit("x");

    time.advance(TIMEOUT.minusNanos(1));
    assertThat(outcome).isNotDone();
    time.advance(Duration.ofNanos(1));

    assertThat(refusal(outcome)).isInstanceOf(Refusal.TimedOut.class);
    assertThat(time.waiting()).isZero();
  }

  @Test
  void commandWithoutAnAnswerIsUnknownAtItsDeadline() {
    connected();
    CompletableFuture<Outcome<String>> outcome = client.submit("x");

    time.advance(TIMEOUT);

    assertThat(outcome.join()).isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void commandThatWasAlwaysRefusedIsNotCommittedAtItsDeadline() {
    Talk talk = connected();
    CompletableFuture<Outcome<String>> outcome = client.submit("x");
    Refusal overloaded = new Refusal.Overloaded("uncommittedBytes", 10, 20);

    int answered = 0;
    while (!outcome.isDone()) {
      if (talk.received().size() > answered) {
        answered = talk.received().size();
        talk.refuse(talk.lastRequest(), overloaded);
      }
      time.advance(Duration.ofMillis(1));
    }

    assertThat(refusal(outcome)).isInstanceOf(Refusal.TimedOut.class);
    assertThat(refusal(outcome).toString()).contains("uncommittedBytes");
    assertThat(talk.received().size()).as("paced by pauses").isLessThan(150);
  }

  @Test
  void queryIsNotCommittedAtItsDeadlineAlthoughItWasSent() {
    connected();
    CompletableFuture<Outcome<String>> outcome = client.query("x");

    time.advance(TIMEOUT);

    assertThat(refusal(outcome)).isInstanceOf(Refusal.TimedOut.class);
  }

  @Test
  void refusalThatNoRetryHealsEndsTheCallAtOnce() {
    Talk talk = connected();
    CompletableFuture<Outcome<String>> outcome = client.query("x");
    Refusal invalid = new Refusal.Invalid("the query threw");

    talk.refuse(talk.lastRequest(), invalid);
    time.settle();

    assertThat(refusal(outcome)).isEqualTo(invalid);
  }

  @Test
  void nodesThatPointAtEachOtherAreAskedAtAPace() {
    outcomes.add(client.query("x"));
    int talks = 0;
    for (int i = 0; i < 1_000; i++) {
      if (nodes.talks.size() > talks) {
        talks = nodes.talks.size();
        Talk talk = nodes.last().open();
        talk.notLeader(talk.lastRequest(), talk.address.equals("a") ? "b" : "a");
      } else {
        time.advance(Duration.ofMillis(1));
      }
    }

    assertThat(talks).isLessThan(30);
  }

  @Test
  void fullConnectionIsSentToWhenItHasRoomAgain() {
    Talk talk = connected();
    talk.full = true;
    outcomes.add(client.submit("1"));
    outcomes.add(client.submit("2"));
    int before = talk.received().size();

    talk.roomAgain();

    assertThat(talk.received()).hasSize(before + 2);
    assertThat(talk.lastCommand().session()).isEqualTo(nodes.header(7, 3, 2));
  }

  @Test
  void tooManyCallsOrBytesAreRefusedAtOnce() {
    connected();
    for (int i = 0; i < 8; i++) {
      assertThat(client.submit("x")).isNotDone();
    }
    assertThat(refusal(client.submit("x"))).isEqualTo(new Refusal.Overloaded("maxInFlight", 8, 8));
    assertThat(client.stats().inFlight()).isEqualTo(8);
    time.advance(TIMEOUT);

    assertThat(client.submit("x".repeat(50))).isNotDone();
    assertThat(client.submit("x".repeat(50))).isNotDone();
    assertThat(refusal(client.submit("x")))
        .isEqualTo(new Refusal.Overloaded("maxInFlightBytes", 100, 100));
  }

  @Test
  void sequencesDoNotRunAheadOfTheLowestUnansweredByMoreThanTheWindow() {
    Talk talk = connected();
    outcomes.add(client.submit("stuck"));
    ClientRequest.Command stuck = talk.lastCommand();
    for (int i = 0; i < 7; i++) {
      outcomes.add(client.submit("x"));
      talk.done(talk.lastRequest(), 10 + i, "");
    }
    int before = talk.received().size();

    outcomes.add(client.submit("waits"));
    assertThat(talk.received()).hasSize(before);
    talk.done(stuck, 20, "");

    assertThat(talk.lastCommand().session())
        .isEqualTo(nodes.header(7, stuck.session().sequence() + 8, stuck.session().sequence() + 8));
  }

  @Test
  void closeEndsWhatIsUnderWayByWhatIsCertain() {
    Talk talk = connected();
    CompletableFuture<Outcome<String>> sent = client.submit("sent");
    talk.full = true;
    CompletableFuture<Outcome<String>> kept = client.submit("kept");
    CompletableFuture<Outcome<String>> query = client.query("query");

    client.close();
    time.settle();

    assertThat(sent.join()).isInstanceOf(Outcome.Unknown.class);
    assertThat(refusal(kept)).isInstanceOf(Refusal.Closed.class);
    assertThat(refusal(query)).isInstanceOf(Refusal.Closed.class);
    assertThat(talk.closedByClient).isTrue();
    CompletableFuture<Outcome<String>> late = client.submit("late");
    time.settle();
    assertThat(refusal(late)).isInstanceOf(Refusal.Closed.class);
    assertThat(time.waiting()).isZero();
  }

  @Test
  void closeTellsTheLeaderThatTheSessionIsDoneWith() {
    Talk talk = connected();

    client.close();
    ClientRequest.CloseSession last = (ClientRequest.CloseSession) talk.lastRequest();
    assertThat(last.session()).isEqualTo(nodes.header(7, 2, 2));
    assertThat(talk.closedByClient).isFalse();
    talk.done(last, 9, "");

    assertThat(talk.closedByClient).isTrue();
    time.settle();
    assertThat(time.waiting()).isZero();
  }

  @Test
  void closeDoesNotWaitLongForTheLeader() {
    Talk talk = connected();

    client.close();
    time.advance(ATTEMPT);

    assertThat(talk.closedByClient).isTrue();
    assertThat(time.waiting()).isZero();
  }

  @Test
  void idleClientHasNoTimers() {
    connected();

    time.advance(TIMEOUT);

    assertThat(time.waiting()).isZero();
  }

  @Test
  void commandOverTheLimitIsThrownBackAndNeverSent() {
    assertThatThrownBy(() -> client.submit("x".repeat(51)))
        .isInstanceOf(CommandTooLargeException.class)
        .hasMessageContaining("51")
        .hasMessageContaining("50");
    assertThat(nodes.talks).isEmpty();
  }

  @Test
  void throwingCodecEndsInAnOutcomeThatSaysSo() {
    Codec<String> thrower =
        new Codec<>() {
          @Override
          public byte[] encode(String value) {
            throw new IllegalStateException("no encoding");
          }

          @Override
          public String decode(java.nio.ByteBuffer bytes) {
            throw new IllegalStateException("no decoding");
          }
        };
    RaftClient<String, String> encoder = builder().commands(thrower).open();
    assertThat(refusal(encoder.submit("x"))).isInstanceOf(Refusal.Invalid.class);

    RaftClient<String, String> decoder = builder().replies(thrower).open();
    CompletableFuture<Outcome<String>> command = decoder.submit("x");
    CompletableFuture<Outcome<String>> query = decoder.query("x");
    Talk talk = nodes.last().open();
    talk.openSession(7);
    talk.done(talk.lastBatch().get(0), 7, "");
    talk.done(talk.lastBatch().get(1), 8, "");
    time.settle();

    assertThat(command.join()).isInstanceOf(Outcome.Unknown.class);
    assertThat(command.join().toString()).contains("no decoding").contains("index 8");
    assertThat(refusal(query)).isInstanceOf(Refusal.Invalid.class);
  }

  @Test
  void waitingInACallbackIsRefused() {
    Talk talk = connected();
    CompletableFuture<Outcome<String>> outcome =
        client
            .submit("x")
            .thenApply(
                done -> {
                  try {
                    return client.submitAndWait("y");
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                });

    talk.done(talk.lastRequest(), 9, "");
    time.settle();

    assertThat(outcome).isCompletedExceptionally();
    assertThatThrownBy(outcome::join).hasMessageContaining("use submit or query");
  }

  private static Refusal refusal(CompletableFuture<Outcome<String>> outcome) {
    assertThat(outcome).isDone();
    return ((Outcome.NotCommitted<String>) outcome.join()).refusal();
  }
}
