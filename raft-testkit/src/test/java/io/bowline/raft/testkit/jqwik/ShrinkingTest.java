package io.bowline.raft.testkit.jqwik;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.testkit.Launched;
import org.junit.jupiter.api.Test;

/** What a failing property ends with. */
class ShrinkingTest {
  @Test
  void aScheduleShrinksToTheOneFaultThatMattersInItsSimplestForm() {
    Launched failed = Launched.run(ShrinkingExamples.AnySchedule.class);

    assertThat(failed.message()).isEqualTo("0s for 0.1s PowerCut node=n1 survival=0.0\n");
  }

  @Test
  void aFailingRunShrinksToTheFaultAndTheCommandThatItNeeds() {
    Launched failed = Launched.run(ShrinkingExamples.Runs.class);

    // at 0 s the process has no state machine yet: who is not founded makes none
    assertThat(failed.message()).isEqualTo("0.001s for 0.1s Crash node=n1\ncommands [1]");
  }
}
