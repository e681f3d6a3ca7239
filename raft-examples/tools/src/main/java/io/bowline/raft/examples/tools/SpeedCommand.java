package io.bowline.raft.examples.tools;

import io.bowline.raft.testkit.QueueAlone;
import io.bowline.raft.testkit.campaign.Campaign;
import io.bowline.raft.testkit.campaign.CampaignFailure;
import io.bowline.raft.testkit.campaign.CampaignReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How fast the simulator is here: the default mix, the queue alone, and where the time goes. */
@Command(
    name = "speed",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Measures the default campaign on one worker: run it with nothing else running. The last",
      "round is profiled beside those that count. Exit code: 0, or 1 if a check has fired."
    })
final class SpeedCommand implements Callable<Integer> {
  private static final double NANOS_PER_HOUR = 3_600e9;

  @Option(names = "--seconds", paramLabel = "S", defaultValue = "60", description = "Of a round.")
  int seconds = 60;

  @Option(names = "--rounds", paramLabel = "R", defaultValue = "3", description = "That count.")
  int rounds = 3;

  @Option(
      names = "--first",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Of each round.")
  long first = 1;

  @Spec CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (seconds < 1 || rounds < 1 || first < 0) {
      String given = "--seconds=" + seconds + " --rounds=" + rounds + " --first=" + first;
      throw new CommandLine.ParameterException(
          spec.commandLine(), given + ": at least 1 second, 1 round and seed 0");
    }
    List<CampaignReport> counted = new ArrayList<>();
    List<Frames.Share> dearest;
    double alone;
    try (ProgressBar bar = Progress.bar("speed", rounds + 3L, " rounds")) {
      bar.setExtraMessage("warm-up");
      counted.add(round()); // dropped below: it has warmed up what the others run
      for (int i = 0; i < rounds; i++) {
        bar.step().setExtraMessage("round " + (i + 1));
        counted.add(round());
      }
      bar.step().setExtraMessage("profile");
      dearest = Frames.of(this::round);
      bar.step().setExtraMessage("queue alone");
      QueueAlone.eventsPerSecond(1_000_000_000L);
      alone = QueueAlone.eventsPerSecond(3_000_000_000L);
      bar.step();
    }
    for (CampaignReport report : counted) {
      CampaignFailure failure = report.failure();
      if (failure != null) {
        System.out.println(failure.message());
        say("replay   simulate --replay 0x%X", failure.plan().seed());
        return 1;
      }
    }
    counted.remove(0);
    counted.forEach(SpeedCommand::print);
    print(counted.stream().sorted(Comparator.comparing(CampaignReport::eventsPerSecond)).toList());
    say("queue alone  %,11.0f events/s", alone);
    dearest.forEach(frame -> say("%10.1f %%  %s", frame.percent(), frame.method()));
    return 0;
  }

  private CampaignReport round() {
    return Campaign.builder().during(first, Duration.ofSeconds(seconds)).run();
  }

  private static void print(CampaignReport report) {
    double simulatedSeconds = report.simulatedNanos() / 1e9;
    say(
        "round        %,11.0f events/s  %.2f simulated hours a minute  %.0f operations and %.0f"
            + " events a simulated second  %,d runs",
        report.eventsPerSecond(),
        report.simulatedNanos() / NANOS_PER_HOUR / (report.wallNanos() / 60e9),
        report.operations() / simulatedSeconds,
        report.events() / simulatedSeconds,
        report.runs());
  }

  private static void print(List<CampaignReport> sorted) {
    CampaignReport median = sorted.get(sorted.size() / 2);
    say(
        "median       %,11.0f events/s  %.2f simulated hours a minute",
        median.eventsPerSecond(),
        median.simulatedNanos() / NANOS_PER_HOUR / (median.wallNanos() / 60e9));
  }

  private static void say(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }
}
