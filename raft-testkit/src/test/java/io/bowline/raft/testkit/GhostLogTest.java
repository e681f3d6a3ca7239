package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Each check of the ghost log is seen to fail when its property is broken by hand. */
class GhostLogTest {
  private static final LedgerOp FIRST = new LedgerOp(1, 0, 5, 0);
  private static final LedgerOp SECOND = new LedgerOp(2, 0, 6, 0);

  private final GhostLog ghost = new GhostLog(new Simulation(1), 2);
  private final Ledger one = new Ledger(ghost, 0, 2);
  private final Ledger other = new Ledger(ghost, 1, 2);

  @Test
  void replicasThatApplyTheSameAreFine() {
    one.apply(3, 100, FIRST);
    LedgerAnswer answer = one.apply(4, 101, SECOND);
    other.apply(3, 100, FIRST);
    other.apply(4, 101, SECOND);

    ghost.acknowledged(2, 4, SECOND, answer);

    assertThat(ghost.valueAt(0, 3).sum()).isEqualTo(5);
    assertThat(ghost.valueAt(0, 9).sum()).isEqualTo(11);
    assertThat(ghost.valueAt(0, 2)).isEqualTo(LedgerAnswer.EMPTY);
    assertThat(ghost.effective()).isEqualTo(2);
  }

  @Test
  void anotherCommandAtTheSameIndexIsSeen() {
    one.apply(3, 100, FIRST);

    assertThatThrownBy(() -> other.apply(3, 100, SECOND))
        .isInstanceOf(SimulationFailure.class)
        .hasMessageContaining("STATE_MACHINE_SAFETY")
        .hasMessageContaining("n2 applied another command at 3");
  }

  @Test
  void anotherReplicatedTimeAtTheSameIndexIsSeen() {
    one.apply(3, 100, FIRST);

    assertThatThrownBy(() -> other.apply(3, 101, FIRST))
        .hasMessageContaining("STATE_MACHINE_SAFETY");
  }

  @Test
  void aSkippedEntryIsSeenAtTheNextOne() {
    one.apply(3, 100, FIRST);
    one.apply(4, 101, SECOND);

    assertThatThrownBy(() -> other.apply(4, 101, SECOND))
        .hasMessageContaining("STATE_MACHINE_EQUALITY");
  }

  @Test
  void aCommandThatTakesEffectTwiceIsSeen() {
    one.apply(3, 100, FIRST);

    assertThatThrownBy(() -> one.apply(4, 101, FIRST)).hasMessageContaining("EXACTLY_ONCE");
  }

  @Test
  void anAcknowledgementOfWhatNobodyAppliedIsSeen() {
    assertThatThrownBy(() -> ghost.acknowledged(1, 3, FIRST, new LedgerAnswer(5, 1)))
        .hasMessageContaining("ACKNOWLEDGED_IS_COMMITTED");
  }

  @Test
  void aWrongAnswerIsSeen() {
    one.apply(3, 100, FIRST);

    assertThatThrownBy(() -> ghost.acknowledged(1, 3, FIRST, new LedgerAnswer(5, 1)))
        .hasMessageContaining("was answered");
  }

  @Test
  void aRefusedCommandThatTakesEffectIsSeenInEitherOrder() {
    ghost.refused(1);
    assertThatThrownBy(() -> one.apply(3, 100, FIRST)).hasMessageContaining("DEFINITE_REFUSAL");

    GhostLog second = new GhostLog(new Simulation(1), 2);
    new Ledger(second, 0, 2).apply(3, 100, FIRST);
    assertThatThrownBy(() -> second.refused(1)).hasMessageContaining("DEFINITE_REFUSAL");
  }
}
