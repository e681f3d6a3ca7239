package io.bowline.raft.examples.tools;

import io.bowline.raft.testkit.campaign.Campaign;
import io.bowline.raft.testkit.campaign.CampaignFailure;
import io.bowline.raft.testkit.campaign.CampaignReport;
import java.time.Duration;
import java.util.Locale;

/**
 * The process of a hunt that has the bug on its class path: default campaigns over one block of
 * seeds after the other, each until the first finding. Tells its parent by lines.
 */
final class HuntProbe {
  static final String ALIVE = "alive";
  static final String FOUND = "found";
  static final String NOTHING = "nothing";

  private HuntProbe() {}

  /** {@code args}: seconds for a block, then the first seed of each. */
  public static void main(String[] args) {
    Duration most = Duration.ofSeconds(Long.parseLong(args[0]));
    for (int i = 1; i < args.length; i++) {
      long first = Long.parseLong(args[i]);
      CampaignReport report =
          Campaign.builder()
              .during(first, most)
              .progress(state -> say(ALIVE, Long.toString(state.runs()), 0, ""))
              .run();
      CampaignFailure failure = report.failure();
      double seconds = report.wallNanos() / 1e9;
      if (failure == null) {
        say(NOTHING, Long.toString(report.runs()), seconds, "");
      } else {
        long seeds = failure.plan().seed() - first + 1;
        say(FOUND, Long.toString(seeds), seconds, failure.check() + "\t" + firstLine(failure));
      }
    }
    System.exit(0);
  }

  private static String firstLine(CampaignFailure failure) {
    return failure.message().lines().findFirst().orElse("");
  }

  private static void say(String what, String seeds, double seconds, String rest) {
    System.out.println(String.format(Locale.ROOT, "%s\t%s\t%.3f\t%s", what, seeds, seconds, rest));
    System.out.flush();
  }
}
