package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Each check of the ghost log is seen to fail when its property is broken by hand. */
class GhostLogTest {
  private static final LedgerOp FIRST = new LedgerOp(1, 0, 5, 0);
  private static final LedgerOp SECOND = new LedgerOp(2, 0, 6, 0);
  private static final LedgerAnswer AFTER_FIRST = LedgerAnswer.EMPTY.after(FIRST);
  private static final LedgerAnswer AFTER_SECOND = AFTER_FIRST.after(SECOND);

  private final GhostLog<LedgerOp, LedgerAnswer> ghost =
      new GhostLog<>(new Simulation(1), new Ledger());

  private void apply(int slot, long index, long time, LedgerOp op, LedgerAnswer reply) {
    long state = reply.sum();
    ghost.applied(
        slot, new GhostLog.Applied(index, time, op.serial(), op.amount(), state), op, reply);
  }

  @Test
  void replicasThatApplyTheSameAreFine() {
    apply(0, 3, 100, FIRST, AFTER_FIRST);
    apply(0, 4, 101, SECOND, AFTER_SECOND);
    apply(1, 3, 100, FIRST, AFTER_FIRST);
    apply(1, 4, 101, SECOND, AFTER_SECOND);

    ghost.acknowledged(2, 4, SECOND, AFTER_SECOND);

    assertThat(ghost.mayAnswer(3, FIRST, AFTER_FIRST)).isTrue();
    assertThat(ghost.mayAnswer(3, FIRST, AFTER_SECOND)).isFalse();
    assertThat(ghost.mayAnswer(9, FIRST, AFTER_SECOND)).isTrue();
    assertThat(ghost.mayAnswer(2, FIRST, LedgerAnswer.EMPTY)).isTrue();
    assertThat(ghost.effective()).isEqualTo(2);
  }

  @Test
  void anotherCommandAtTheSameIndexIsSeen() {
    apply(0, 3, 100, FIRST, AFTER_FIRST);

    assertThatThrownBy(() -> apply(1, 3, 100, SECOND, AFTER_FIRST))
        .isInstanceOf(SimulationFailure.class)
        .hasMessageContaining("STATE_MACHINE_SAFETY")
        .hasMessageContaining("n2 applied another command at 3");
  }

  @Test
  void anotherReplicatedTimeAtTheSameIndexIsSeen() {
    apply(0, 3, 100, FIRST, AFTER_FIRST);

    assertThatThrownBy(() -> apply(1, 3, 101, FIRST, AFTER_FIRST))
        .hasMessageContaining("STATE_MACHINE_SAFETY");
  }

  @Test
  void replicatedTimeThatFallsAlongTheLogIsSeen() {
    apply(0, 3, 100, FIRST, AFTER_FIRST);

    assertThatThrownBy(() -> apply(0, 4, 99, SECOND, AFTER_SECOND))
        .hasMessageContaining("REPLICATED_TIME");
  }

  @Test
  void anotherStateAfterTheSameIndexIsSeen() {
    apply(0, 3, 100, FIRST, AFTER_FIRST);
    apply(0, 4, 101, SECOND, AFTER_SECOND);

    assertThatThrownBy(() -> apply(1, 4, 101, SECOND, LedgerAnswer.EMPTY.after(SECOND)))
        .hasMessageContaining("STATE_MACHINE_EQUALITY")
        .hasMessageContaining("another state");
  }

  @Test
  void anotherReplyAtTheSameIndexIsSeen() {
    apply(0, 3, 100, FIRST, AFTER_FIRST);

    assertThatThrownBy(() -> apply(1, 3, 100, FIRST, new LedgerAnswer(AFTER_FIRST.sum(), 77)))
        .hasMessageContaining("STATE_MACHINE_EQUALITY")
        .hasMessageContaining("n2 replied");
  }

  @Test
  void aReplyThatTheModelDoesNotAllowIsSeen() {
    assertThatThrownBy(() -> apply(0, 3, 100, FIRST, AFTER_SECOND)).hasMessageContaining("MODEL");
  }

  @Test
  void aCommandThatTakesEffectTwiceIsSeen() {
    apply(0, 3, 100, FIRST, AFTER_FIRST);

    assertThatThrownBy(() -> apply(0, 4, 101, FIRST, AFTER_FIRST.after(FIRST)))
        .hasMessageContaining("EXACTLY_ONCE");
  }

  @Test
  void anAcknowledgementOfWhatNobodyAppliedIsSeen() {
    assertThatThrownBy(() -> ghost.acknowledged(1, 3, FIRST, AFTER_FIRST))
        .hasMessageContaining("ACKNOWLEDGED_IS_COMMITTED");
  }

  @Test
  void aWrongAnswerIsSeen() {
    apply(0, 3, 100, FIRST, AFTER_FIRST);

    assertThatThrownBy(() -> ghost.acknowledged(1, 3, FIRST, AFTER_SECOND))
        .hasMessageContaining("was answered");
  }

  @Test
  void aRefusedCommandThatTakesEffectIsSeenInEitherOrder() {
    ghost.refused(1);
    assertThatThrownBy(() -> apply(0, 3, 100, FIRST, AFTER_FIRST))
        .hasMessageContaining("DEFINITE_REFUSAL");

    apply(0, 4, 101, SECOND, LedgerAnswer.EMPTY.after(SECOND));
    assertThatThrownBy(() -> ghost.refused(2)).hasMessageContaining("DEFINITE_REFUSAL");
  }
}
