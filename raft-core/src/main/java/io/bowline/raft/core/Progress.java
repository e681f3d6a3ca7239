package io.bowline.raft.core;

import io.bowline.raft.model.Peer;

/**
 * One peer as its leader sees it (§5.3). Probe: one message at a time, until one matches.
 * Replicate: as many as the window holds. A session is one replication to one incarnation.
 */
final class Progress {
  private final Peer peer;

  private int session;
  private boolean answered;
  private boolean replicating;
  private boolean blind;
  private long nextIndex;
  private long matchIndex;

  /** Last index and bytes of each message that is sent and not answered. */
  private final LongPairs inflight = new LongPairs();

  private long inflightBytes;
  private long windowMovedAt;

  /** First index of the range that is being cut; 0 if none is. */
  private long asked;

  private long retryAt = Long.MIN_VALUE;

  /** The newest round that it answered in this session. */
  private long round;

  /** When the newest round was sent that it answered, in whichever session. */
  private long contact;

  private long answeredOrOpenedAt;

  Progress(Peer peer, int session, long nextIndex, long now) {
    this.peer = peer;
    this.session = session;
    this.nextIndex = nextIndex;
    this.contact = now;
    this.answeredOrOpenedAt = now;
  }

  /** A new session; its first answer sets match, also lower (STORAGE P2). */
  void open(int number, long behindLast, long now) {
    session = number;
    answered = false;
    round = 0;
    answeredOrOpenedAt = now;
    asked = 0;
    probeFrom(matchIndex == 0 ? behindLast : matchIndex + 1, false);
    retryAt = Long.MIN_VALUE;
  }

  // ---- who it is

  Peer peer() {
    return peer;
  }

  // ---- what it has

  int session() {
    return session;
  }

  boolean isReplicating() {
    return replicating;
  }

  long nextIndex() {
    return nextIndex;
  }

  long matchIndex() {
    return matchIndex;
  }

  // ---- what is sent

  /** Whether another message may go out now. */
  boolean maySend(long lastIndex, CoreConfig config, long now) {
    if (asked != 0 || now < retryAt) {
      return false;
    }
    if (!replicating) {
      return inflight.isEmpty();
    }
    return nextIndex <= lastIndex
        && inflight.size() < config.maxInflightMessages()
        && inflightBytes < config.maxInflightBytes();
  }

  /** How many bytes the next message may have. */
  long room(CoreConfig config) {
    return Math.min(config.maxBatchBytes(), config.maxInflightBytes() - inflightBytes);
  }

  /** Whether a probe should bring no entries, because it will likely be refused. */
  boolean probesBlind() {
    return blind;
  }

  void ask() {
    asked = nextIndex;
  }

  void sentProbe(long now) {
    enterWindow(nextIndex - 1, 0, now);
  }

  void sent(long lastIndex, long bytes, long now) {
    boolean fellBack = asked != nextIndex;
    asked = 0;
    if (!fellBack) {
      enterWindow(lastIndex, bytes, now);
      if (replicating) {
        nextIndex = lastIndex + 1;
      }
    }
  }

  private void enterWindow(long lastIndex, long bytes, long now) {
    if (inflight.isEmpty()) {
      windowMovedAt = now;
    }
    inflight.add(lastIndex, bytes);
    inflightBytes += bytes;
  }

  /** Not before then: a peer that cannot be reached costs one attempt a heartbeat. */
  void failed(long retryAtNanos) {
    asked = 0;
    retryAt = retryAtNanos;
    fallBack();
  }

  /** What is in flight counts as lost. */
  void fallBack() {
    probeFrom(replicating ? matchIndex + 1 : nextIndex, blind);
  }

  boolean isStalled(long now, long patience) {
    return !inflight.isEmpty() && now - windowMovedAt >= patience;
  }

  // ---- what it answers

  void matched(long index, long now) {
    matchIndex = answered ? Math.max(matchIndex, index) : index;
    answered = true;
    while (!inflight.isEmpty() && inflight.first() <= index) {
      inflightBytes -= inflight.second();
      inflight.remove();
      windowMovedAt = now;
    }
    if (!replicating) {
      clearWindow();
      replicating = true;
      blind = false;
      nextIndex = matchIndex + 1;
    }
    nextIndex = Math.max(nextIndex, matchIndex + 1);
    Invariant.NEXT_ABOVE_MATCH.require(nextIndex > matchIndex, nextIndex, matchIndex);
  }

  /** Whether a refusal of {@code prevIndex} is news, and not the echo of an older message. */
  boolean isRefused(long prevIndex) {
    if (!answered) {
      answered = true;
      matchIndex = 0;
    }
    return prevIndex > matchIndex && (replicating || prevIndex == nextIndex - 1);
  }

  void probeFrom(long index, boolean withoutEntries) {
    replicating = false;
    blind = withoutEntries;
    nextIndex = Math.max(index, matchIndex + 1);
    clearWindow();
  }

  private void clearWindow() {
    inflight.clear();
    inflightBytes = 0;
  }

  // ---- rounds

  /** An answer of an older session shows that it lives, and confirms nothing. */
  void answeredRound(long number, int ofSession, long sentAt, long now) {
    contact = Math.max(contact, sentAt);
    answeredOrOpenedAt = now;
    if (ofSession == session) {
      round = Math.max(round, number);
    }
  }

  long round() {
    return round;
  }

  /** Check-quorum counts when a round was sent, not when its answer came (thesis §6.2). */
  long contact() {
    return contact;
  }

  /** Since then it owes an answer. */
  long answeredOrOpenedAt() {
    return answeredOrOpenedAt;
  }
}
