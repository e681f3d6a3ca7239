package io.bowline.raft.core;

import io.bowline.raft.model.Peer;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Of which directories a connection was opened and not reset since; what was reset last. */
final class PeerStreams {
  private final Set<Peer> connected = new LinkedHashSet<>();
  private @Nullable Peer resetLast;
  private long resetAt;

  void connected(Peer peer) {
    connected.add(peer);
  }

  boolean isConnected(Peer peer) {
    return connected.contains(peer);
  }

  /** Whether that is worth an effect: many of one peer's messages may wait here. */
  boolean reset(Peer peer, long now, long pause) {
    connected.remove(peer);
    boolean again = peer.equals(resetLast) && now - resetAt < pause;
    if (!again) {
      resetLast = peer;
      resetAt = now;
    }
    return !again;
  }
}
