package io.bowline.raft.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.testkit.Launched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimTestTest {
  private static final String BROKEN = "INVARIANT broken at step ";

  @TempDir private Path pictures;

  @BeforeEach
  void picturesGoToADirectoryOfTheirOwn() {
    System.setProperty("bowline.pictures", pictures.toString());
  }

  @AfterEach
  void propertiesAreAsBefore() {
    System.clearProperty("bowline.pictures");
    System.clearProperty(SimTestExtension.SEED);
    System.clearProperty(SimTestExtension.SEEDS);
  }

  @Test
  void eachSeedIsATestOfItsOwn() {
    Launched sound = Launched.run(Examples.Sound.class);

    assertThat(sound.names()).containsExactly("seed 0x40", "seed 0x41", "seed 0x42");
    assertThat(sound.failed()).isEmpty();
  }

  @Test
  void aPropertySaysHowManySeeds() {
    System.setProperty(SimTestExtension.SEEDS, "1");

    assertThat(Launched.run(Examples.Sound.class).names()).containsExactly("seed 0x40");
  }

  @Test
  void aFailureSaysWhatHelps() throws IOException {
    Launched broken = Launched.run(Examples.Broken.class);

    String seed = broken.failed().get(0).substring("seed ".length());
    List<String> lines = broken.message().lines().toList();
    assertThat(lines.get(0)).startsWith(BROKEN).contains("seed " + seed, "money was made: 1");
    assertThat(lines.get(1))
        .startsWith("replay   mvn -q -pl raft-testkit -am ")
        .endsWith(" test -Dtest='Examples$Broken#moneyIsKept' -Dbowline.seed=" + seed);
    assertThat(lines.get(2))
        .matches("shrunk   0 of \\d+ faults suffice \\(\\d+ replays\\); to keep it:");
    assertThat(lines.get(3))
        .contains("@SimTest(seeds = 1, firstSeed = 0x")
        .endsWith("faults = {})");
    assertThat(lines.get(4)).startsWith("picture  ").endsWith(".html");
    Path picture = Path.of(lines.get(4).substring("picture  ".length()));
    assertThat(Files.readString(picture)).startsWith("<!doctype html>").contains("INVARIANT");
  }

  @Test
  void seedsBehindTheOneThatFailsAreNotRun() {
    Launched broken = Launched.run(Examples.Broken.class);

    assertThat(broken.failed()).containsExactly(broken.names().get(broken.names().size() - 1));
  }

  @Test
  void theSeedThatAFailureNamesFailsAloneInTheSameWay() {
    Launched first = Launched.run(Examples.Broken.class);
    String failed = first.failed().get(0);

    System.setProperty(SimTestExtension.SEED, failed.substring("seed ".length()));
    Launched again = Launched.run(Examples.Broken.class);

    assertThat(again.names()).containsExactly(failed);
    assertThat(again.message()).isEqualTo(first.message());
  }

  @Test
  void whatTheTestItselfAssertsSaysTheSeedToo() {
    Launched own = Launched.run(Examples.BrokenInItself.class);

    assertThat(own.message())
        .startsWith("with seed 0x1: [asked]")
        .contains("\nreplay   mvn ", "-Dtest='Examples$BrokenInItself#nobodyAsks'")
        .endsWith("-Dbowline.seed=0x1");
  }

  @Test
  void aTestThatRunsNothingFails() {
    Launched idle = Launched.run(Examples.Idle.class);

    assertThat(idle.names()).hasSize(1);
    assertThat(idle.message()).startsWith("nothing ran");
  }

  @Test
  void anExceptionOutOfTheServiceIsAFailureWithASeed() {
    Launched throwing = Launched.run(Examples.Throwing.class);

    assertThat(throwing.message())
        .startsWith("UNCAUGHT: java.lang.IllegalStateException: no idea what to ask")
        .contains("-Dbowline.seed=0x1", "\npicture  ");
  }

  @Test
  void aScheduleOfOnesOwnIsAllThatStrikes() {
    Launched pinned = Launched.run(Examples.Pinned.class);

    assertThat(pinned.names()).hasSize(1);
    assertThat(pinned.failed()).isEmpty();
  }

  @Test
  void freshSeedsAreOthersEachTime() {
    Launched first = Launched.run(Examples.Fresh.class);
    Launched second = Launched.run(Examples.Fresh.class);

    assertThat(first.failed()).isEmpty();
    assertThat(first.names()).hasSize(3).isNotEqualTo(second.names());
  }
}
