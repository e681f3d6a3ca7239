package io.bowline.raft.testkit;

/** How likely each message meets a mishap of its own; all 0 until faults say otherwise. */
final class NetworkRates {
  /** It never arrives; only where connections keep no order, as the next two. */
  double loss;

  /** It arrives twice, the second time up to 30 s later. */
  double duplicates;

  /** It arrives again up to 60 s later, whatever became of who sent it. */
  double stale;

  /** Its connection breaks. */
  double resets;

  /** Some of its bits flip on the way. */
  double corruption;

  void clear() {
    loss = 0;
    duplicates = 0;
    stale = 0;
    resets = 0;
    corruption = 0;
  }
}
