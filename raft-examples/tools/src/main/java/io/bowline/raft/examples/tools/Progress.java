package io.bowline.raft.examples.tools;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How this program shows how far it is. */
final class Progress {
  private Progress() {}

  /** A bar on stderr, so that stdout has the results alone. */
  static ProgressBar bar(String name, long of, String unit) {
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setInitialMax(of)
        .setUnit(unit, 1)
        .setUpdateIntervalMillis(500)
        .setMaxRenderedLength(120)
        .setStyle(ProgressBarStyle.ASCII)
        .build();
  }
}
