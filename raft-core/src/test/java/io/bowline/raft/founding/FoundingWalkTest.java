package io.bowline.raft.founding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Many random foundings, step by step: one founding at most, and an end. */
class FoundingWalkTest {
  @Test
  void allFoundOneGroupWhateverTheOrderOfWords() {
    for (long seed = 0; seed < 500; seed++) {
      FoundingWalk walk = new FoundingWalk(seed, 1 + (int) (seed % 5));

      walk.run((int) (seed % 40), 0, 2);

      assertThat(walk.isWhole()).as("seed %d: %s", seed, walk).isTrue();
    }
  }

  @Test
  void wipedDirectoriesNeverFoundASecondGroupBesideTheFirst() {
    int whole = 0;
    for (long seed = 0; seed < 1_000; seed++) {
      FoundingWalk walk = new FoundingWalk(seed, 2 + (int) (seed % 4));

      walk.run(100 + (int) (seed % 400), 2, 1);

      assertThat(walk.isFounded()).as("seed %d: %s", seed, walk).isTrue();
      whole += walk.isWhole() ? 1 : 0;
    }
    // drawn by fixed seeds: both ends are met, founded by all, and one or more stay out
    assertThat(whole).isBetween(100, 960);
  }
}
