package io.bowline.raft.examples.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulateCommandTest {
  @TempDir Path temp;

  @Test
  void aBlockThatHoldsEndsWithItsSummary() {
    Output output =
        Output.of("simulate", "--seeds", "0x60..0x61", "--nodes", "3", "--workers", "2");

    assertThat(output.exit()).as(output.out() + output.err()).isZero();
    assertThat(output.out())
        .contains("seeds from 0x60 on", "0x60..0x61", "operations", "events/s", "hash of hashes");
  }

  @Test
  void onlyFaultsOfTheAreasThatWereNamedStrike() {
    Output output = Output.of("simulate", "--seeds", "1..3", "--only", "clock,cli", "--nodes", "3");

    assertThat(output.exit()).as(output.out() + output.err()).isZero();
    assertThat(output.out()).doesNotContain("Partition", "PowerCut", "DiskFull");
  }

  @Test
  void aReplayIsDrawn() throws IOException {
    Path html = temp.resolve("made/61.html");
    Output output =
        Output.of("simulate", "--replay", "0x61", "--nodes", "3", "--html", html.toString());

    assertThat(output.exit()).as(output.out() + output.err()).isZero();
    assertThat(output.out()).contains("seed 0x61: 3 nodes", "every check held", "picture");
    assertThat(Files.readString(html)).contains("<canvas", "AppendEntries");
  }

  @Test
  void aKeptPlanIsReplayed() throws IOException {
    Path plan = temp.resolve("kept.plan");
    Files.writeString(
        plan, "# seed=0x61 nodes=3 clients=1 operations=5\n1s for 1s Crash node=n1\n");
    Output output = Output.of("simulate", "--replay", plan.toString());

    assertThat(output.exit()).as(output.out() + output.err()).isZero();
    assertThat(output.out()).contains("3 nodes, 1 clients");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "simulate|0 of --seeds, --minutes and --replay are given",
        "simulate --seeds 1..2 --minutes 1|2 of --seeds, --minutes and --replay are given",
        "simulate --seeds 9|--seeds=9: two numbers, the lower first: --seeds 0x1000..0x13FF",
        "simulate --seeds 9..3|--seeds=9..3: two numbers, the lower first",
        "simulate --seeds a..b|--seeds=a..b:",
        "simulate --seeds 1..2 --only net,dusk|--only=dusk is no area: choose of network, node",
        "simulate --seeds 1..2 --nodes 8|--nodes=8: 1 to 7, or 0",
        "simulate --seeds 1..2 --workers 0|--workers=0: at least 1",
        "simulate --minutes 0|--minutes=0.0: more than 0",
        "simulate --minutes many|--minutes",
        "simulate --replay nowhere.plan|--replay=nowhere.plan is neither a seed",
        "simulate --colour|--colour",
        "paint|paint"
      })
  void wrongUsageNamesTheOptionTheValueAndTheWayOut(String line, String expected) {
    Output output = Output.of(line.split(" ", -1));

    assertThat(output.exit()).isEqualTo(2);
    assertThat(output.err()).contains(expected);
  }

  @Test
  void theBuildHandsAllOverAsOneArgument() {
    assertThat(ToolsMain.words(new String[] {"simulate --seeds  1..2"}))
        .containsExactly("simulate", "--seeds", "1..2");
  }
}
