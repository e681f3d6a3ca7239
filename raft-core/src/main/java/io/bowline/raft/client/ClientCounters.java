package io.bowline.raft.client;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counted by the loop, once per batch; read from any thread. */
final class ClientCounters {
  final AtomicLong attempts = new AtomicLong();
  final AtomicLong retries = new AtomicLong();
  final AtomicLong redirects = new AtomicLong();
  final AtomicLong connects = new AtomicLong();
  final AtomicLong sessions = new AtomicLong();
  private volatile @Nullable String leader;

  void leads(String address) {
    if (!address.equals(leader)) {
      leader = address;
    }
  }

  ClientStats snapshot(int inFlight) {
    return new ClientStats(
        attempts.get(),
        retries.get(),
        redirects.get(),
        connects.get(),
        sessions.get(),
        inFlight,
        leader);
  }
}
