package io.bowline.raft.examples.tools;

import io.bowline.raft.testkit.RunObserver;
import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.RunReport;
import io.bowline.raft.testkit.SimulatedRun;
import io.bowline.raft.testkit.SimulationFailure;
import io.bowline.raft.testkit.campaign.CampaignFailure;
import io.bowline.raft.testkit.campaign.PlanFile;
import io.bowline.raft.testkit.campaign.Regression;
import io.bowline.raft.testkit.campaign.Shrinker;
import io.bowline.raft.testkit.picture.RunPicture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is made of a failure: the line that shows it again, a smaller run, a test, a picture. */
final class Aftermath {
  private final @Nullable Path html;
  private final boolean shrink;
  private final Path output;

  Aftermath(@Nullable Path html, boolean shrink, Path output) {
    this.html = html;
    this.shrink = shrink;
    this.output = output;
  }

  /** Runs a plan again; the exit code. */
  int replay(RunPlan plan) throws IOException {
    RunReport report = new SimulatedRun(plan, RunObserver.NONE).run();
    SimulationFailure seen = report.failure();
    System.out.println(
        String.format(
            Locale.ROOT,
            "seed 0x%X: %d nodes, %d clients, %d operations, %.3f simulated s, %,d events, hash"
                + " %016x",
            report.seed(),
            report.nodes(),
            report.clients(),
            report.operations(),
            report.simulatedNanos() / 1e9,
            report.events(),
            report.hash()));
    if (seen == null) {
      System.out.println("every check held");
      draw(plan, report);
      return 0;
    }
    show(new CampaignFailure(plan, seen.check(), seen.step(), String.valueOf(seen.getMessage())));
    return 1;
  }

  /** Tells of a failure, and does with it what was asked for. */
  void show(CampaignFailure failure) throws IOException {
    System.out.println(failure.message().stripTrailing());
    if (failure.plan().schedule() == null) {
      System.out.println("replay   " + Replays.line(failure));
    }
    CampaignFailure smallest = shrink ? shrunk(failure) : failure;
    if (html != null && !failure.check().equals(CampaignFailure.UNCAUGHT)) {
      draw(smallest.plan(), new SimulatedRun(smallest.plan(), RunObserver.NONE).run());
    }
  }

  private CampaignFailure shrunk(CampaignFailure failure) throws IOException {
    Shrinker.Shrunk shrunk =
        new Shrinker(failure, line -> System.err.print("\r\u001b[K" + line)).shrink();
    System.err.println();
    if (!shrunk.reproduced()) {
      System.out.println("shrunk   no: the recorded faults alone do not show it again");
      return failure;
    }
    RunPlan plan = shrunk.failure().plan();
    Path file =
        output.resolve(
            String.format(Locale.ROOT, "%s-%X.plan", failure.check(), failure.plan().seed()));
    Files.createDirectories(output);
    Files.writeString(file, PlanFile.format(plan));
    int strikes = plan.schedule() == null ? 0 : plan.schedule().strikes().size();
    System.out.println(
        String.format(
            Locale.ROOT,
            "shrunk   by %d replays from %d faults to %d, %d nodes, %d clients%nreplay   simulate"
                + " --replay %s",
            shrunk.replays(),
            shrunk.strikesBefore(),
            strikes,
            plan.nodes(),
            plan.clients(),
            file));
    System.out.println(shrunk.failure().message());
    System.out.println();
    System.out.print(Regression.testMethod(shrunk.failure()));
    return shrunk.failure();
  }

  private void draw(RunPlan plan, RunReport report) throws IOException {
    Path file = html;
    if (file != null) {
      RunPicture picture = new RunPicture(report.nodes(), report.clients());
      RunReport drawn = new SimulatedRun(plan, picture).run();
      if (drawn.hash() != report.hash()) {
        throw new IllegalStateException("the picture's run is another one than the replay");
      }
      picture.write(file, String.format(Locale.ROOT, "Bowline, seed 0x%X", plan.seed()));
      System.out.println("picture  " + file);
    }
  }
}
