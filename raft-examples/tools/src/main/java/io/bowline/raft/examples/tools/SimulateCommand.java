package io.bowline.raft.examples.tools;

import io.bowline.raft.testkit.FaultArea;
import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.campaign.Campaign;
import io.bowline.raft.testkit.campaign.CampaignFailure;
import io.bowline.raft.testkit.campaign.CampaignProgress;
import io.bowline.raft.testkit.campaign.CampaignReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a campaign, or one seed again. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Runs shipped nodes, logs and clients in a simulated world of faults, one seed a run, and",
      "checks each event. Exit code: 0 nothing found, 1 a check has fired or a rare event that is",
      "demanded was never seen, 2 wrong usage."
    })
final class SimulateCommand implements Callable<Integer> {
  private static final String AREAS =
      "network, node, disk, clock, client, operator (or their first three letters)";

  @Option(names = "--seeds", paramLabel = "FROM..TO", description = "A block, both ends included.")
  @Nullable String seeds;

  @Option(names = "--minutes", paramLabel = "M", description = "Fresh seeds for so long.")
  @Nullable Double minutes;

  @Option(
      names = "--replay",
      paramLabel = "SEED|FILE",
      description = "One seed again, or a plan that --shrink has written.")
  @Nullable String replay;

  @Option(names = "--only", split = ",", paramLabel = "AREA", description = "Faults of: " + AREAS)
  List<String> only = List.of();

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "0",
      description = "1 to 7; 0: drawn.")
  int nodes;

  @Option(names = "--workers", paramLabel = "W", defaultValue = "1", description = "Runs at once.")
  int workers = 1;

  @Option(names = "--shrink", description = "Makes what was found smaller and writes it down.")
  boolean shrink;

  @Option(names = "--html", paramLabel = "FILE", description = "Draws the failure, or the replay.")
  @Nullable Path html;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "target/simulate",
      description = "Where shrunk plans go.")
  Path output = Path.of("target", "simulate");

  @Spec CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    requireOneSource();
    if (nodes < 0 || nodes > RunPlan.MAX_NODES) {
      throw wrong(
          "--nodes=" + nodes + ": 1 to " + RunPlan.MAX_NODES + ", or 0 to let each seed draw");
    }
    if (workers < 1) {
      throw wrong("--workers=" + workers + ": at least 1");
    }
    Aftermath aftermath = new Aftermath(html, shrink, output);
    String again = replay;
    if (again != null) {
      return aftermath.replay(Replays.plan(again, nodes, areas(), spec));
    }
    CampaignReport report = campaign();
    System.out.print(report.format());
    CampaignFailure failure = report.failure();
    if (failure != null) {
      aftermath.show(failure);
    } else if (!report.missing().isEmpty()) {
      System.out.println("never seen, though demanded: " + String.join(", ", report.missing()));
    }
    return report.passed() ? 0 : 1;
  }

  private void requireOneSource() {
    int given = (seeds == null ? 0 : 1) + (minutes == null ? 0 : 1) + (replay == null ? 0 : 1);
    if (given != 1) {
      throw wrong(
          given + " of --seeds, --minutes and --replay are given: name the seeds by exactly one");
    }
  }

  private CampaignReport campaign() {
    Campaign.Builder campaign = Campaign.builder().areas(areas()).nodes(nodes).workers(workers);
    long first;
    long total;
    Double time = minutes;
    if (time != null) {
      if (!(time > 0)) {
        throw wrong("--minutes=" + time + ": more than 0, such as --minutes 0.5");
      }
      first = Campaign.freshSeed();
      total = (long) (time * 60);
      campaign.during(first, Duration.ofMillis((long) (time * 60_000)));
    } else {
      long[] block = block(String.valueOf(seeds));
      first = block[0];
      total = block[1] - block[0] + 1;
      campaign.seeds(block[0], block[1]);
    }
    System.out.println(String.format(Locale.ROOT, "seeds from 0x%X on", first));
    try (ProgressBar bar = Progress.bar("simulate", total, time == null ? " runs" : " s")) {
      campaign.progress(state -> tell(bar, state, time != null));
      return campaign.run();
    }
  }

  private static void tell(ProgressBar bar, CampaignProgress state, boolean byTime) {
    bar.stepTo(byTime ? state.wallNanos() / 1_000_000_000L : state.runs());
    bar.setExtraMessage(
        String.format(
            Locale.ROOT,
            "%d runs %.2f h %d faults %d ops",
            state.runs(),
            state.simulatedNanos() / 3_600e9,
            state.faults(),
            state.operations()));
  }

  private long[] block(String text) {
    String[] ends = text.split("\\.\\.", -1);
    try {
      long from = Long.decode(ends[0].strip());
      long to = Long.decode(ends[ends.length - 1].strip());
      if (ends.length == 2 && from >= 0 && to >= from && to < Long.MAX_VALUE) {
        return new long[] {from, to};
      }
    } catch (NumberFormatException e) {
      throw wrong("--seeds=" + text + ": " + e.getMessage() + ", write --seeds 1..1000");
    }
    throw wrong("--seeds=" + text + ": two numbers, the lower first: --seeds 0x1000..0x13FF");
  }

  private Set<FaultArea> areas() {
    EnumSet<FaultArea> areas = EnumSet.noneOf(FaultArea.class);
    for (String word : only) {
      String wanted = word.strip().toUpperCase(Locale.ROOT);
      FaultArea area =
          Arrays.stream(FaultArea.values())
              .filter(a -> wanted.length() >= 3 && a.name().startsWith(wanted))
              .findFirst()
              .orElseThrow(() -> wrong("--only=" + word + " is no area: choose of " + AREAS));
      areas.add(area);
    }
    return areas.isEmpty() ? EnumSet.allOf(FaultArea.class) : areas;
  }

  private CommandLine.ParameterException wrong(String what) {
    return new CommandLine.ParameterException(spec.commandLine(), what);
  }
}
