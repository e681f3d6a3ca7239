package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.storage.StorageException;
import org.junit.jupiter.api.Test;

class StorageSimTest {
  private static final int SEEDS = Integer.getInteger("seeds", 100);

  @Test
  void whatIsRecoveredIsWhatHadCompletedWithOrWithoutWhatWasUnderWay() throws StorageException {
    long operations = 0;
    long powerCuts = 0;
    long tornTails = 0;

    for (long seed = first(); seed < first() + SEEDS; seed++) {
      StorageRun run = new StorageRun(seed);
      try {
        run.run(8);
      } catch (RuntimeException | StorageException e) {
        throw new AssertionError("seed " + seed + " fails", e);
      }
      operations += run.operations;
      powerCuts += run.powerCuts;
      tornTails += run.tornTails;
    }

    assertThat(operations).isGreaterThan(10L * SEEDS);
    assertThat(powerCuts).isGreaterThan(SEEDS);
    assertThat(tornTails).isPositive();
  }

  private static long first() {
    return Long.decode(System.getProperty("seed", "0x100"));
  }
}
