package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Frame;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PendingProposalsTest {
  private final List<String> told = new ArrayList<>();
  private final PendingProposals pending = new PendingProposals();
  private final Admission admission = new Admission(AdmissionTest.CONFIG, () -> 0);
  private final Outcomes outcomes = new Outcomes(admission);

  private final class Told extends Proposal {
    private final String name;

    Told(String name, long deadlineNanos) {
      super(EntryType.COMMAND, null, Payload.EMPTY, deadlineNanos, null);
      this.name = name;
    }

    @Override
    protected void committed(long index, @Nullable Object reply, @Nullable Payload encoded) {
      told.add(name + " committed at " + index);
    }

    @Override
    protected void refused(Refusal refusal) {
      told.add(name + " " + refusal);
    }

    @Override
    protected void unknown(String reason) {
      told.add(name + " unknown");
    }
  }

  private Told proposal(String name) {
    return new Told(name, Long.MAX_VALUE);
  }

  private List<String> told() {
    outcomes.deliver(Runnable::run);
    return told;
  }

  @Test
  void appliedEntriesFindTheirOwners() {
    Told a = proposal("a");
    Told b = proposal("b");
    Told c = proposal("c");
    pending.add(new EntryId(5, 2), List.of(a, b));
    pending.add(new EntryId(7, 2), List.of(c));

    assertThat(pending.claim(TailCacheTest.batch(4, 2, 2), outcomes)).containsExactly(null, a);
    assertThat(pending.claim(TailCacheTest.batch(6, 2, 2), outcomes)).containsExactly(b, c);
    assertThat(told()).isEmpty();
  }

  @Test
  void anAppliedEntryOfAHigherTermSaysThatOlderOnesAreLost() {
    pending.add(new EntryId(5, 2), List.of(proposal("a"), proposal("b")));

    pending.claim(TailCacheTest.batch(5, 1, 3), outcomes);

    assertThat(told())
        .containsExactly("a " + new Refusal.Overwritten(), "b " + new Refusal.Overwritten());
  }

  @Test
  void proposalsOfALaterTermAreNotTouchedByAnOlderEntryAtTheirIndex() {
    pending.add(new EntryId(5, 4), List.of(proposal("later")));

    assertThat(pending.claim(TailCacheTest.batch(5, 1, 3), outcomes)).isNull();
    assertThat(told()).isEmpty();
  }

  @Test
  void aHigherTermAlsoEndsWhatAnOlderTermsEntryTookThePlaceOf() {
    pending.add(new EntryId(5, 4), List.of(proposal("under term 3"), proposal("under term 5")));

    pending.claim(TailCacheTest.batch(5, 1, 3), outcomes);
    pending.claim(TailCacheTest.batch(6, 1, 5), outcomes);

    assertThat(told())
        .containsExactly(
            "under term 3 " + new Refusal.Overwritten(),
            "under term 5 " + new Refusal.Overwritten());
  }

  @Test
  void whatWasCommittedBeforeAHigherTermIsNotRefusedByIt() {
    Told done = proposal("done");
    pending.add(new EntryId(5, 4), List.of(done, proposal("lost")));

    pending.claim(TailCacheTest.batch(5, 1, 4), outcomes);
    outcomes.committed(done, 5, "reply", null);
    pending.claim(TailCacheTest.batch(6, 1, 5), outcomes);

    assertThat(told()).containsExactly("done committed at 5", "lost " + new Refusal.Overwritten());
  }

  @Test
  void theDeadlineEndsOnlyWhatIsLate() {
    pending.add(new EntryId(1, 1), List.of(new Told("early", 10), new Told("late", 20)));

    long next = pending.expire(10, outcomes);

    assertThat(next).isEqualTo(20);
    assertThat(told()).containsExactly("early unknown");
  }

  @Test
  void whatWasEndedByItsDeadlineIsNotToldAgain() {
    Told early = new Told("early", 10);
    pending.add(new EntryId(1, 1), List.of(early));
    pending.expire(10, outcomes);

    pending.claim(TailCacheTest.batch(1, 1, 1), outcomes);
    outcomes.committed(early, 1, "reply", null);

    assertThat(told()).containsExactly("early unknown");
  }

  /** As the mailbox takes them. */
  private List<Told> admitted(Told... proposals) {
    admission.proposals(proposals.length, proposals.length * (long) Frame.HEADER_BYTES);
    return List.of(proposals);
  }

  private String held() {
    return admission.pendingProposals() + " of " + admission.pendingBytes() + " bytes";
  }

  @Test
  void whatIsAppliedAndToldIsGivenBackOnce() {
    Told a = proposal("a");
    Told b = proposal("b");
    pending.add(new EntryId(1, 1), admitted(a, b));

    pending.claim(TailCacheTest.batch(1, 1, 1), outcomes);
    outcomes.committed(a, 1, "reply", null);
    pending.applied(new EntryId(1, 1), outcomes);
    told();
    assertThat(held()).isEqualTo("1 of 40 bytes");

    pending.claim(TailCacheTest.batch(2, 1, 1), outcomes);
    outcomes.committed(b, 2, "reply", null);
    told();
    assertThat(held()).isEqualTo("1 of 40 bytes");
    pending.applied(new EntryId(2, 1), outcomes);
    told();
    assertThat(held()).isEqualTo("0 of 0 bytes");
  }

  @Test
  void theDeadlineReachesWhatIsBeingApplied() {
    Told a = new Told("a", 10);
    pending.add(new EntryId(1, 1), admitted(a));
    pending.claim(TailCacheTest.batch(1, 1, 1), outcomes);

    pending.expire(10, outcomes);
    outcomes.committed(a, 1, "reply", null);
    pending.applied(new EntryId(1, 1), outcomes);

    assertThat(told()).containsExactly("a unknown");
    assertThat(held()).isEqualTo("0 of 0 bytes");
  }

  @Test
  void whatWasEndedByItsDeadlineIsHeldUntilItIsApplied() {
    pending.add(new EntryId(1, 1), admitted(new Told("a", 10), new Told("b", 10)));
    pending.expire(10, outcomes);
    told();
    assertThat(held()).isEqualTo("2 of 80 bytes");

    assertThat(pending.claim(TailCacheTest.batch(1, 1, 1), outcomes)).isNull();
    pending.applied(new EntryId(1, 1), outcomes);
    pending.claim(TailCacheTest.batch(2, 1, 1), outcomes);
    pending.applied(new EntryId(2, 1), outcomes);

    told();
    assertThat(held()).isEqualTo("0 of 0 bytes");
  }

  @Test
  void whatWasOverwrittenIsGivenBack() {
    pending.add(new EntryId(5, 2), admitted(proposal("a"), proposal("b")));

    pending.claim(TailCacheTest.batch(5, 1, 3), outcomes);
    pending.applied(new EntryId(5, 3), outcomes);

    told();
    assertThat(held()).isEqualTo("0 of 0 bytes");
  }
}
