package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A call ends within what its caller asked for; a machine that stands still has no clock. */
class CallsInTimeTest {
  private final Simulation simulation = new Simulation(1);
  private final History<LedgerOp, LedgerAnswer> history =
      new Service<>(simulation, new Ledger()).history();

  private History.Call<LedgerOp> ask() {
    History.Call<LedgerOp> call = history.invoked(4, true, new Prng(2));
    call.endsWithin(2_000_000_000L);
    return call;
  }

  private void endAfter(History.Call<LedgerOp> call, Duration time) {
    simulation.run(time);
    history.returned(call, new Outcome.Unknown<>("no answer"), null);
  }

  @Test
  void aCallThatEndsTooLateIsSeen() {
    History.Call<LedgerOp> call = ask();

    assertThatThrownBy(() -> endAfter(call, Duration.ofSeconds(4)))
        .isInstanceOf(SimulationFailure.class)
        .hasMessageContaining("ENDS_IN_TIME")
        .hasMessageContaining("took 4.0 s of 2.0 s");
  }

  @Test
  void aMachineThatStoodStillIsForgivenThatTime() {
    History.Call<LedgerOp> call = ask();
    history.frozen(4, 3_000_000_000L);

    endAfter(call, Duration.ofSeconds(5));

    assertThat(call.state()).isEqualTo(History.State.UNKNOWN);
  }

  @Test
  void aCallThatNeverEndsIsSeen() {
    history.returned(ask(), new Outcome.Unknown<>("no answer"), null);
    ask();
    simulation.run(Duration.ofSeconds(3));
    history.census();
    simulation.run(Duration.ofSeconds(1));

    assertThatThrownBy(history::census)
        .isInstanceOf(SimulationFailure.class)
        .hasMessageContaining("ENDS_IN_TIME")
        .hasMessageContaining("PENDING");
  }
}
