package io.bowline.raft.testkit.campaign;

import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.SimulationFailure;
import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * What a campaign found.
 *
 * @param plan the run; the same plan gives the same failure
 * @param check that saw it
 * @param step how many events had happened; 0 if it is not known
 * @param message for readers
 */
public record CampaignFailure(RunPlan plan, String check, long step, String message) {
  /** The name that stands for a check where the run itself threw: a bug of the harness, or ours. */
  public static final String UNCAUGHT = "UNCAUGHT";

  static CampaignFailure of(RunPlan plan, SimulationFailure seen) {
    return new CampaignFailure(plan, seen.check(), seen.step(), String.valueOf(seen.getMessage()));
  }

  static CampaignFailure uncaught(RunPlan plan, Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return new CampaignFailure(plan, UNCAUGHT, 0, text.toString());
  }
}
