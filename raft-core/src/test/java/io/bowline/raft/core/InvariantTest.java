package io.bowline.raft.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.TermRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each invariant is broken on purpose and seen to be reported; the docs list the same. */
class InvariantTest {
  private static final Path DOCS = Path.of("../docs/design/invariants.md");
  private static final Peer N1 = ScenarioWorld.peerOf(NodeId.of("n1"));
  private static final Peer N2 = ScenarioWorld.peerOf(NodeId.of("n2"));

  @TestFactory
  Stream<DynamicTest> itIsReportedWhenBroken() {
    Map<Invariant, ThrowingCallable> breaks = breaks();
    assertThat(breaks.keySet()).isEqualTo(EnumSet.allOf(Invariant.class));
    return breaks.entrySet().stream()
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.getKey().name(), () -> reports(e.getKey(), e.getValue())));
  }

  private static void reports(Invariant invariant, ThrowingCallable breaking) {
    Throwable thrown = catchThrowable(breaking);

    assertThat(thrown)
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining(invariant.name());
    assertThat(((InvariantViolation) thrown).invariant()).isEqualTo(invariant.name());
  }

  private static Map<Invariant, ThrowingCallable> breaks() {
    Map<Invariant, ThrowingCallable> breaks = new EnumMap<>(Invariant.class);
    breaks.put(Invariant.TERM_GROWS, () -> state(3).enterTerm(3));
    breaks.put(
        Invariant.ONE_VOTE_PER_TERM,
        () -> {
          CoreState state = state(3);
          state.voteFor(N1);
          state.voteFor(N2);
        });
    breaks.put(
        Invariant.ONE_LEADER_PER_TERM,
        () -> {
          CoreState state = state(3);
          state.leads(N1);
          state.leads(N2);
        });
    breaks.put(Invariant.COMMIT_GROWS, () -> state(3).commitTo(0));
    breaks.put(Invariant.COMMIT_WITHIN_LOG, () -> state(3).commitTo(3));
    breaks.put(
        Invariant.COMMITTED_STAYS,
        () -> {
          CoreState state = state(3);
          state.commitTo(2);
          append(state, 2, 3);
        });
    breaks.put(Invariant.COMMIT_OF_OWN_TERM, () -> state(3).commitCounted(2));
    breaks.put(
        Invariant.LEADER_APPENDS_ONLY,
        () -> {
          CoreState state = state(3);
          state.tell(new Leader(core(), state));
          append(state, 3, 3);
        });
    breaks.put(Invariant.LOG_WITHOUT_GAP, () -> append(state(3), 4, 3));
    breaks.put(Invariant.TERMS_ALONG_LOG, () -> append(state(3), 3, 1));
    breaks.put(Invariant.WRITES_IN_ORDER, () -> state(3).durable(1));
    breaks.put(
        Invariant.DURABLE_WITHIN_LOG,
        () -> {
          CoreState state = state(3);
          append(state, 3, 3);
          state.log.truncate(3); // behind the back of the claims
          state.durable(1);
        });
    breaks.put(
        Invariant.POISONED_IS_SILENT,
        () -> {
          CoreState state = state(3);
          state.poison();
          state.sendWhenDurable(N2, new Message.VoteReply(N1.id(), 3, true));
        });
    breaks.put(
        Invariant.SENT_WITHIN_LOG,
        () ->
            ScenarioSetup.world("n1 leader of n1 n2, term 2, log 1@2")
                .step(new Input.Sent(N2, 1, 2, 0)));
    breaks.put(
        Invariant.NEXT_ABOVE_MATCH, () -> new Progress(N2, 1, 1, 0).matched(Long.MAX_VALUE, 0));
    breaks.put(Invariant.READS_AFTER_OWN_COMMIT, () -> state(3).readsReady(1, 2));
    return breaks;
  }

  /** A node of two whose log is 1@1 2@2. */
  private static CoreState state(long term) {
    LogShape log =
        new LogShape(
            EntryId.ZERO, List.of(new TermRun(1, 1, 1), new TermRun(2, 2, 2)), List.of(), 0);
    CoreState state =
        new CoreState(
            TestNode.config(N1.id(), N1.incarnation()),
            new Ballot(term, null),
            log,
            Membership.of(member(N1), member(N2)),
            () -> 0);
    state.begin(0, new ArrayList<>());
    return state;
  }

  private static RaftCore core() {
    return new RaftCore(
        TestNode.config(N1.id(), N1.incarnation()),
        Ballot.NONE,
        LogShape.EMPTY,
        Membership.of(member(N1)),
        () -> 0);
  }

  private static void append(CoreState state, long index, long term) {
    EntryBatch entry = TestNode.command(new EntryId(index, term), 1, 0);
    state.appendReceived(entry, entry.termRuns(), index, 1);
  }

  private static Member member(Peer peer) {
    return Member.voter(peer.id(), "").named(peer.incarnation());
  }

  @Test
  void theDocsListTheSameInvariants() throws IOException {
    List<String> rows =
        Files.readAllLines(DOCS).stream().filter(line -> line.startsWith("| `")).toList();

    assertThat(rows)
        .hasSameSizeAs(Invariant.values())
        .allSatisfy(row -> assertThat(row.split("\\|", -1)).hasSize(6));
    Iterator<String> row = rows.iterator();
    for (Invariant invariant : Invariant.values()) {
      assertThat(row.next()).startsWith("| `" + invariant + "` | " + invariant.meaning() + " |");
    }
  }
}
