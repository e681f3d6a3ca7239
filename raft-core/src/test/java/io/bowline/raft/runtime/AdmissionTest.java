package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Refusal;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  static final RuntimeConfig CONFIG =
      new RuntimeConfig(100, 100, 10_000, 12, 1_000, 5, 1_000_000_000, 0, 1_000, 0);

  private static final long MILLI = 1_000_000;

  private final AtomicLong now = new AtomicLong();
  private final Admission admission = new Admission(CONFIG, now::get);

  @Test
  void theNumberOfProposalsIsBounded() {
    assertThat(admission.proposals(10, 10)).isNull();

    assertThat(admission.proposals(3, 3))
        .isEqualTo(new Refusal.Overloaded("maxPendingProposals", 12, 10));
    assertThat(admission.proposals(2, 2)).isNull();
  }

  @Test
  void whatIsRefusedHoldsNothing() {
    admission.proposals(1, 900);

    assertThat(admission.proposals(1, 200))
        .isEqualTo(new Refusal.Overloaded("maxUncommittedBytes", 1_000, 900));
    assertThat(admission.reads(6, 10)).isEqualTo(new Refusal.Overloaded("maxWaitingReads", 5, 0));

    assertThat(admission.pendingBytes()).isEqualTo(900);
    assertThat(admission.pendingProposals()).isEqualTo(1);
    assertThat(admission.pendingReads()).isZero();
  }

  @Test
  void oneLargeCallAloneIsTaken() {
    assertThat(admission.proposals(1, 5_000)).isNull();
    assertThat(admission.reads(1, 1)).isInstanceOf(Refusal.Overloaded.class);
  }

  @Test
  void whatIsGivenBackMakesRoom() {
    admission.proposals(10, 1_000);

    admission.giveBack(10, 0, 1_000);

    assertThat(admission.proposals(10, 1_000)).isNull();
  }

  @Test
  void whatApplyCannotReachInTimeIsRefused() {
    ApplyPace pace = admission.pace();
    pace.begins(0);
    pace.applied(8, 8, 400 * MILLI); // 50 ms each, and half of the timeout is 500 ms
    now.set(400 * MILLI);

    assertThat(admission.proposals(10, 10)).isNull();
    assertThat(admission.proposals(1, 1))
        .isEqualTo(new Refusal.Overloaded("applyBacklogMillis", 500, 550));
  }

  @Test
  void aFewMayAlwaysWait() {
    admission.pace().begins(0);
    admission.pace().applied(1, 1, 900 * MILLI);

    assertThat(admission.proposals(8, 8)).isNull();
    assertThat(admission.proposals(1, 1)).isInstanceOf(Refusal.Overloaded.class);
  }

  @Test
  void aBacklogThatNobodyProposedCountsToo() {
    ApplyPace pace = admission.pace();
    pace.target(1_000);
    pace.begins(0);
    pace.applied(4, 4, 400 * MILLI);

    assertThat(admission.reads(1, 1)).isInstanceOf(Refusal.Overloaded.class);
    pace.begins(400 * MILLI);
    pace.applied(996, 1_000, 401 * MILLI);
    assertThat(admission.reads(1, 1)).isNull();
  }

  @Test
  void aStateMachineThatDoesNotReturnIsABacklog() {
    admission.pace().begins(0);

    now.set(500 * MILLI);
    assertThat(admission.proposals(1, 1)).isNull();
    now.set(501 * MILLI);
    assertThat(admission.proposals(1, 1))
        .isEqualTo(new Refusal.Overloaded("applyBacklogMillis", 500, 501));
    assertThat(admission.pendingProposals()).isEqualTo(1);
  }
}
