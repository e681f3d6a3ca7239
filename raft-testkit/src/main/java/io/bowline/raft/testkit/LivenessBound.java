package io.bowline.raft.testkit;

import java.util.Locale;

/**
 * Within this time what was healed must serve and come to rest, by the seed's own settings (DESIGN
 * 6 and 7): elections, the calls that wait, pauses, and the missing bytes by what a window lets
 * through at each round trip. No long timeout stands in for it.
 *
 * @param electionNanos t, the largest election timeout
 * @param callNanos the longest call of a client or of a node's embedder
 * @param pauseNanos until the last paused process, or clock that stands, goes on
 * @param bytes of all that was asked
 * @param batchBytes of the smallest batch
 * @param roundTripNanos three forces, and 10 ms for each node
 * @param applyNanos the longest time that a state machine takes for a batch
 * @param sessionNanos until a session that nobody uses any more makes way for another one, if those
 *     of all the lives that clients had are more than the group keeps
 */
record LivenessBound(
    long electionNanos,
    long callNanos,
    long pauseNanos,
    long bytes,
    long batchBytes,
    long roundTripNanos,
    long applyNanos,
    long sessionNanos) {
  /** A session that was used within a minute makes way for none; clocks are 5 % off at most. */
  private static final long SESSION_NANOS = 63_000_000_000L;

  /** Of one life of a client: it opens one, and another one if that was lost to it. */
  private static final int SESSIONS_A_LIFE = 2;

  private static final long EMBEDDERS_CALL_NANOS = 5_000_000_000L;

  static LivenessBound of(Cluster cluster, ClusterSettings settings) {
    long election = 0;
    long forces = 0;
    long batch = Long.MAX_VALUE;
    long now = cluster.simulation().now();
    long pause = 0;
    long apply = 0;
    for (SimulatedNode node : cluster.nodes()) {
      NodeSettings own = node.settings();
      election = Math.max(election, own.electionTimeoutNanos());
      forces = Math.max(forces, own.forceNanos());
      apply = Math.max(apply, 2 * own.applyNanos());
      batch = Math.min(batch, own.maxBatchBytes());
      pause = Math.max(pause, node.standstill().pausedUntil() - now);
      pause = Math.max(pause, node.clock().standsUntil() - now);
    }
    long calls = EMBEDDERS_CALL_NANOS;
    for (ClientSettings client : settings.clients()) {
      calls = Math.max(calls, client.timeoutNanos());
    }
    int lives = cluster.clients().stream().mapToInt(SimulatedClient::lives).sum();
    boolean tight = settings.group().maxSessions() < SESSIONS_A_LIFE * lives;
    long session = tight ? SESSION_NANOS : 0;
    long roundTrip = 3 * forces + 10_000_000L * settings.nodes().size();
    return new LivenessBound(
        election, calls, pause, cluster.history().bytes(), batch, roundTrip, apply, session);
  }

  long nanos() {
    return 20 * 2 * electionNanos
        + callNanos
        + pauseNanos
        + sessionNanos
        + (bytes / batchBytes + 100) * (roundTripNanos + applyNanos);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.1f s = 20 x 2 x %.2f s + %.2f s + %.2f s + %.0f s + (%d / %d + 100) x (%.3f s + %.3f s)",
        nanos() / 1e9,
        electionNanos / 1e9,
        callNanos / 1e9,
        pauseNanos / 1e9,
        sessionNanos / 1e9,
        bytes,
        batchBytes,
        roundTripNanos / 1e9,
        applyNanos / 1e9);
  }
}
