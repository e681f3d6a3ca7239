package io.bowline.raft.core;

import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * One peer as its leader sees it (§5.3). Probe: one message at a time, until one matches.
 * Replicate: as many as the window holds. A session is one replication to one incarnation.
 */
final class Progress {
  private final NodeId id;
  private @Nullable Incarnation incarnation;
  private boolean counted;

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
  private long answeredRound;
  private long answeredRoundSentAt;

  Progress(NodeId id, int session, @Nullable Incarnation incarnation, long nextIndex, long now) {
    this.id = id;
    this.incarnation = incarnation;
    this.session = session;
    this.nextIndex = nextIndex;
    this.answeredRoundSentAt = now;
  }

  /** A new session; its first answer sets match, also lower (STORAGE P2). */
  void open(int number, Incarnation heard, long behindLast) {
    if (!heard.equals(incarnation)) { // another directory holds nothing of what the first one had
      incarnation = heard;
      matchIndex = 0;
    }
    session = number;
    answered = false;
    asked = 0;
    probeFrom(matchIndex == 0 ? behindLast : matchIndex + 1, false);
    retryAt = Long.MIN_VALUE;
  }

  // ---- who it is

  NodeId id() {
    return id;
  }

  @Nullable Incarnation incarnation() {
    return incarnation;
  }

  void heard(Incarnation sender) {
    incarnation = sender;
  }

  void count(boolean counts) {
    counted = counts;
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

  /** What the quorum may count. */
  long countedMatch() {
    return counted ? matchIndex : 0;
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

  void answeredRound(long round, long sentAt) {
    if (round > answeredRound) {
      answeredRound = round;
      answeredRoundSentAt = sentAt;
    }
  }

  long countedRound() {
    return counted ? answeredRound : 0;
  }

  /** When the newest round that it answered was sent (thesis §6.2). */
  long countedContact() {
    return counted ? answeredRoundSentAt : Long.MIN_VALUE;
  }
}
