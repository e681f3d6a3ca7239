package io.bowline.raft.testkit.campaign;

import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.RunPlan;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/**
 * A run as a text that can be kept: a first line {@code # seed=0x5DEE nodes=3 clients=1
 * operations=40 length=PT15S} (the length only where it is pinned), then one line for each fault
 * that strikes, as in {@link FaultSchedule}.
 */
public final class PlanFile {
  private PlanFile() {}

  /** The text of a plan that has a schedule. */
  public static String format(RunPlan plan) {
    FaultSchedule schedule = plan.schedule();
    Duration length = plan.length();
    return String.format(
            Locale.ROOT,
            "# seed=0x%X nodes=%d clients=%d operations=%d%s%n",
            plan.seed(),
            plan.nodes(),
            plan.clients(),
            plan.maxOperations(),
            length == null ? "" : " length=" + length)
        + (schedule == null ? "" : schedule.format());
  }

  /**
   * The plan of a text.
   *
   * @throws IllegalArgumentException naming the line that cannot be read
   */
  public static RunPlan parse(String text) {
    String first = text.lines().findFirst().orElse("");
    if (!first.startsWith("# seed=")) {
      throw new IllegalArgumentException(
          "'" + first + "' is no first line of a plan, such as '# seed=0x5DEE nodes=3'");
    }
    RunPlan plan = RunPlan.of(0).withSchedule(FaultSchedule.parse(text));
    for (String word : first.substring(2).split(" ", -1)) {
      plan = with(plan, word, first);
    }
    return plan;
  }

  private static RunPlan with(RunPlan plan, String word, String line) {
    int at = word.indexOf('=');
    String name = at < 0 ? word : word.substring(0, at);
    try {
      String value = word.substring(at + 1);
      return switch (name) {
        case "seed" -> plan.withSeed(Long.decode(value));
        case "nodes" -> plan.withNodes(Integer.parseInt(value));
        case "clients" -> plan.withClients(Integer.parseInt(value));
        case "operations" -> plan.withMaxOperations(Long.parseLong(value));
        case "length" -> plan.withLength(Duration.parse(value));
        default -> throw new IllegalArgumentException("there is no " + name);
      };
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new IllegalArgumentException("'" + line + "': " + word + ": " + e.getMessage(), e);
    }
  }
}
