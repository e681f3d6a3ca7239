package io.bowline.raft.testkit.junit;

import io.bowline.raft.testkit.Application;
import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.RunReport;
import io.bowline.raft.testkit.SimulatedRun;
import io.bowline.raft.testkit.campaign.CampaignFailure;
import io.bowline.raft.testkit.campaign.Shrinker;
import io.bowline.raft.testkit.picture.RunPicture;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Locale;

/** What a failing test says: the check, how to see it again, a smaller schedule, a picture. */
final class Failure {
  static final String UNCAUGHT = CampaignFailure.UNCAUGHT;

  private final Class<?> type;
  private final Method test;
  private final int mostReplays;

  /** An error that says how to see it again. */
  static final class Told extends AssertionError {
    private static final long serialVersionUID = 1L;

    Told(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Of that test.
   *
   * @param type whose it is, which may be below the class that declares it
   */
  Failure(Class<?> type, Method test, int mostReplays) {
    this.type = type;
    this.test = test;
    this.mostReplays = mostReplays;
  }

  /** The failure of a run, with all that helps. */
  AssertionError of(
      RunPlan plan, Application<?, ?> application, String check, long step, Throwable seen) {
    String what =
        check.equals(UNCAUGHT) ? UNCAUGHT + ": " + seen : String.valueOf(seen.getMessage());
    CampaignFailure found = new CampaignFailure(plan, check, step, what);
    StringBuilder text = new StringBuilder(what).append('\n').append(replay(plan.seed()));
    RunPlan shown = plan;
    if (mostReplays > 0) {
      Shrinker.Shrunk shrunk =
          new Shrinker(found, application, mostReplays, progress -> {}).shrink();
      shown = shrunk.failure().plan();
      text.append(shrunk.reproduced() ? smaller(shrunk) : "");
    }
    text.append("\npicture  ").append(draw(shown, application));
    return new Told(text.toString(), seen);
  }

  /** The failure of what the test itself asserts about a run. */
  AssertionError ofMethod(long seed, Throwable thrown) {
    String what = String.format(Locale.ROOT, "with seed 0x%X: %s", seed, thrown.getMessage());
    return new Told(what + "\n" + replay(seed), thrown);
  }

  /** The line that runs this seed of this test alone. */
  String replay(long seed) {
    return "replay   "
        + BuildCommand.here().running(type, test)
        + String.format(Locale.ROOT, " -D%s=0x%X", SimTestExtension.SEED, seed);
  }

  private static String smaller(Shrinker.Shrunk shrunk) {
    RunPlan plan = shrunk.failure().plan();
    FaultSchedule schedule = plan.schedule();
    int left = schedule == null ? 0 : schedule.strikes().size();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%nshrunk   %d of %d faults suffice (%d replays); to keep it:%n",
            left,
            shrunk.strikesBefore(),
            shrunk.replays()));
    text.append("           ").append(annotation(plan));
    return text.toString();
  }

  /** As a test that can be kept: a seed alone means another run with the next version. */
  private static String annotation(RunPlan plan) {
    FaultSchedule schedule = plan.schedule();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "@SimTest(seeds = 1, firstSeed = 0x%XL, nodes = %d, clients = %d",
            plan.seed(),
            plan.nodes(),
            plan.clients()));
    if (plan.maxOperations() < Long.MAX_VALUE) {
      text.append(", operations = ").append(plan.maxOperations());
    }
    if (plan.length() != null) {
      text.append(", seconds = ").append(plan.length().toSeconds());
    }
    if (schedule == null || schedule.strikes().isEmpty()) {
      return text.append(", faults = {})").toString();
    }
    text.append(", schedule = \"\"\"");
    schedule.strikes().forEach(strike -> text.append("\n             ").append(strike));
    return text.append("\"\"\")").toString();
  }

  private String draw(RunPlan plan, Application<?, ?> application) {
    String name = type.getSimpleName() + "." + test.getName();
    Path file =
        Path.of(
            System.getProperty("bowline.pictures", "target/sim"),
            String.format(Locale.ROOT, "%s-%X.html", name, plan.seed()));
    RunPicture picture =
        new RunPicture(
            plan.nodes() == 0 ? RunPlan.MAX_NODES : plan.nodes(),
            plan.clients() == 0 ? RunPlan.MAX_CLIENTS : plan.clients());
    try {
      RunReport unused = new SimulatedRun(plan, picture, application).run();
    } catch (RuntimeException | AssertionError thrown) {
      // a run that throws is drawn as far as it came
    }
    try {
      picture.write(file, String.format(Locale.ROOT, "%s, seed 0x%X", name, plan.seed()));
      return BuildCommand.here().shown(file).toString();
    } catch (IOException e) {
      return "not written: " + e;
    }
  }
}
