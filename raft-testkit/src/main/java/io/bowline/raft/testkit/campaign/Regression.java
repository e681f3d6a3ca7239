package io.bowline.raft.testkit.campaign;

import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.RunPlan;
import java.util.Locale;

/**
 * A failure as a test that can be kept: the schedule stands in it, for a seed alone is another run
 * as soon as one more number is drawn anywhere.
 */
public final class Regression {
  private Regression() {}

  /** A method of a JUnit test that runs it, and fails as long as a check fires. */
  public static String testMethod(CampaignFailure failure) {
    RunPlan plan = failure.plan();
    FaultSchedule schedule = plan.schedule();
    StringBuilder text = new StringBuilder();
    text.append("  @Test\n  void ").append(name(failure)).append("() {\n");
    text.append("    // ").append(failure.message().lines().findFirst().orElse("")).append('\n');
    text.append("    RunPlan plan =\n        RunPlan.of(");
    text.append(String.format(Locale.ROOT, "0x%XL", plan.seed())).append(")\n");
    text.append("            .withNodes(").append(plan.nodes()).append(")\n");
    text.append("            .withClients(").append(plan.clients()).append(")\n");
    if (plan.maxOperations() < Long.MAX_VALUE) {
      text.append("            .withMaxOperations(").append(plan.maxOperations()).append(")\n");
    }
    if (plan.length() != null) {
      text.append("            .withLength(Duration.parse(\"").append(plan.length());
      text.append("\"))\n");
    }
    text.append("            .withSchedule(\n                FaultSchedule.parse(\n");
    text.append("                    \"\"\"\n");
    if (schedule != null) {
      schedule
          .format()
          .lines()
          .forEach(line -> text.append("                    ").append(line).append('\n'));
    }
    text.append("                    \"\"\"));\n\n");
    text.append("    RunReport report = new SimulatedRun(plan, RunObserver.NONE).run();\n\n");
    text.append("    assertThat(report.failure()).isNull();\n  }\n");
    return text.toString();
  }

  /** {@code ELECTION_SAFETY} becomes {@code electionSafetyHolds}. */
  private static String name(CampaignFailure failure) {
    StringBuilder name = new StringBuilder();
    for (String word : failure.check().toLowerCase(Locale.ROOT).split("_", -1)) {
      boolean first = name.length() == 0;
      name.append(first || word.isEmpty() ? word : Character.toUpperCase(word.charAt(0)));
      name.append(first || word.isEmpty() ? "" : word.substring(1));
    }
    return name + "Holds";
  }
}
