package io.bowline.raft.examples.tools;

import io.bowline.raft.testkit.FaultArea;
import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.campaign.CampaignFailure;
import io.bowline.raft.testkit.campaign.PlanFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What {@code --replay} names. */
final class Replays {
  private Replays() {}

  /** The plan of a file if there is one of that name, else of a seed. */
  static RunPlan plan(String named, int nodes, Set<FaultArea> areas, CommandSpec spec)
      throws IOException {
    Path file = Path.of(named);
    try {
      if (Files.isRegularFile(file)) {
        return PlanFile.parse(Files.readString(file));
      }
      return RunPlan.of(Long.decode(named)).withNodes(nodes).withAreas(areas);
    } catch (NumberFormatException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--replay=" + named + " is neither a seed such as 0x5DEE nor a file that is there");
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--replay=" + named + ": " + e.getMessage());
    }
  }

  /** The one command that shows a failure again. */
  static String line(CampaignFailure failure) {
    RunPlan plan = failure.plan();
    StringBuilder line = new StringBuilder("simulate --replay ");
    line.append(String.format(Locale.ROOT, "0x%X", plan.seed()));
    if (plan.nodes() != 0) {
      line.append(" --nodes ").append(plan.nodes());
    }
    if (plan.areas().size() < FaultArea.values().length) {
      line.append(" --only ");
      line.append(String.join(",", plan.areas().stream().map(FaultArea::name).toList()));
    }
    return line.toString().replace("_", "-");
  }
}
