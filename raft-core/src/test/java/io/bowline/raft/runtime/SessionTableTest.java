package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.GroupSettings;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import io.bowline.raft.runtime.SessionTable.Verdict;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SessionTableTest {
  static final SessionKey KEY = new SessionKey(7, 9);

  private static final long LIFETIME = 1_000;
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final SessionTable table = new SessionTable(settings(LIFETIME, 3, 16));

  @Test
  void freshCommandIsADuplicateOnceItsReplyIsRecorded() {
    open(5, 0);

    assertThat(table.lookup(header(5, 1, 1), 1)).isEqualTo(Verdict.Plain.FRESH);
    table.record(header(5, 1, 1), 6, reply(42));

    assertThat(table.lookup(header(5, 1, 1), 2)).isEqualTo(new Verdict.Duplicate(6, reply(42)));
  }

  @Test
  void sequencesOutOfOrderAreEachFreshOnce() {
    open(5, 0);
    apply(header(5, 5, 1), 6, 0);
    apply(header(5, 2, 1), 7, 0);

    assertThat(table.lookup(header(5, 5, 1), 0)).isEqualTo(new Verdict.Duplicate(6, reply(6)));
    assertThat(table.lookup(header(5, 2, 1), 0)).isEqualTo(new Verdict.Duplicate(7, reply(7)));
    assertThat(table.lookup(header(5, 3, 1), 0)).isEqualTo(Verdict.Plain.FRESH);
  }

  @Test
  void whatTheClientGaveUpIsNeverAppliedLater() {
    open(5, 0);

    assertThat(table.lookup(header(5, 9, 4), 0)).isEqualTo(Verdict.Plain.FRESH);
    assertThat(table.lookup(header(5, 3, 1), 0)).isEqualTo(Verdict.Plain.FORGOTTEN);
    assertThat(table.lookup(header(5, 4, 1), 0)).isEqualTo(Verdict.Plain.FRESH);
  }

  @Test
  void lowestWantedMayJumpOverEverythingKept() {
    open(5, 0);
    apply(header(5, 1, 1), 6, 0);

    assertThat(table.lookup(header(5, Long.MAX_VALUE, Long.MAX_VALUE), 0))
        .isEqualTo(Verdict.Plain.FRESH);
    assertThat(table.lookup(header(5, 1, 1), 0)).isEqualTo(Verdict.Plain.FORGOTTEN);
  }

  @Test
  void commandTooFarAheadIsNotAppliedUntilTheWindowMoves() {
    open(5, 0);

    assertThat(table.lookup(header(5, 16, 1), 0)).isEqualTo(Verdict.Plain.FRESH);
    assertThat(table.lookup(header(5, 17, 1), 0)).isEqualTo(Verdict.Plain.BEYOND_WINDOW);
    assertThat(table.lookup(header(5, 17, 2), 0)).isEqualTo(Verdict.Plain.FRESH);
  }

  @Test
  void sessionExpiresWhenUnusedForItsLifetimeAndNotBefore() {
    open(5, 0);
    open(6, 0);

    assertThat(table.lookup(header(5, 1, 1), LIFETIME - 1)).isEqualTo(Verdict.Plain.FRESH);
    assertThat(table.lookup(header(6, 1, 1), LIFETIME)).isEqualTo(Verdict.Plain.EXPIRED);
    assertThat(table.lookup(header(5, 1, 1), LIFETIME)).isEqualTo(Verdict.Plain.FRESH);
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void leastRecentlyUsedIsEvictedWhenThereAreTooMany() {
    table.settings(settings(2 * MINUTE, 3, 16));
    open(1, 0);
    open(2, 0);
    open(3, 0);
    assertThat(table.lookup(header(1, 1, 1), 0)).isEqualTo(Verdict.Plain.FRESH);
    open(4, MINUTE);

    assertThat(table.lookup(header(2, 1, 1), MINUTE)).isEqualTo(Verdict.Plain.EXPIRED);
    assertThat(table.lookup(header(1, 1, 1), MINUTE)).isEqualTo(Verdict.Plain.FRESH);
  }

  @Test
  void floodOfSessionsEndsNoneThatWasUsedWithinTheLastMinute() {
    table.settings(settings(60 * MINUTE, 3, 16));
    open(1, 0);
    open(2, 0);
    open(3, 0);
    long before = table.hash();

    assertThat(table.open(4, KEY, MINUTE - 1))
        .isEqualTo(new Refusal.Overloaded("maxSessions", 3, 3));

    assertThat(table.hash()).isEqualTo(before);
    assertThat(table.lookup(header(4, 1, 1), MINUTE - 1)).isEqualTo(Verdict.Plain.EXPIRED);
    assertThat(table.lookup(header(1, 1, 1), MINUTE - 1)).isEqualTo(Verdict.Plain.FRESH);
  }

  @Test
  void whoDoesNotKnowTheKeyMovesNothing() {
    open(5, 0);
    open(6, 1);
    apply(header(5, 1, 1), 7, 2);
    long before = table.hash();
    SessionHeader guess = new SessionHeader(5, new SessionKey(KEY.high(), KEY.low() ^ 1), 1, 1);
    SessionHeader burn = new SessionHeader(6, new SessionKey(0, 0), 1, Long.MAX_VALUE);

    assertThat(table.lookup(guess, 9)).isEqualTo(Verdict.Plain.EXPIRED);
    assertThat(table.lookup(burn, 9)).isEqualTo(Verdict.Plain.EXPIRED);
    assertThat(table.close(guess, 9)).isFalse();

    assertThat(table.hash()).isEqualTo(before);
    assertThat(table.lookup(header(6, 1, 1), LIFETIME + 1)).isEqualTo(Verdict.Plain.EXPIRED);
    assertThat(table.lookup(header(5, 1, 1), LIFETIME + 1))
        .isEqualTo(new Verdict.Duplicate(7, reply(7)));
  }

  @Test
  void sessionsWithOtherKeysHaveOtherHashes() {
    SessionTable other = new SessionTable(settings(LIFETIME, 3, 16));
    open(5, 0);
    other.open(5, new SessionKey(KEY.low(), KEY.high()), 0);

    assertThat(other.hash()).isNotEqualTo(table.hash());
  }

  @Test
  void oneSessionKeepsASixteenthOfAllBytesAndGoesOnWhenItWantsLess() {
    table.settings(bytes(160));
    open(5, 0);
    apply(header(5, 1, 1), 6, new byte[9]);
    apply(header(5, 2, 1), 7, new byte[500]);

    assertThat(table.lookup(header(5, 3, 1), 0)).isEqualTo(new Verdict.OverBytes(10, 509));
    assertThat(table.lookup(header(5, 2, 1), 0)).isInstanceOf(Verdict.Duplicate.class);
    assertThat(table.lookup(header(5, 3, 3), 0)).isEqualTo(Verdict.Plain.FRESH);
    assertThat(table.replyBytes()).isZero();
  }

  @Test
  void overAllBytesTheLargestSessionGoesAndOfEqualsTheLeastRecentlyUsed() {
    table.settings(bytes(64));
    open(1, 0);
    open(2, 0);
    open(3, 0);
    apply(header(1, 1, 1), 4, new byte[20]);
    apply(header(2, 1, 1), 5, new byte[20]);
    assertThat(table.lookup(header(1, 1, 1), 0)).isInstanceOf(Verdict.Duplicate.class);

    apply(header(3, 1, 1), 6, new byte[30]);

    assertThat(table.lookup(header(2, 1, 1), 0)).isEqualTo(Verdict.Plain.EXPIRED);
    assertThat(table.lookup(header(3, 1, 1), 0)).isInstanceOf(Verdict.Duplicate.class);
    assertThat(table.replyBytes()).isEqualTo(50);
  }

  @Test
  void sessionInUseStaysHoweverMuchItKeeps() {
    table.settings(bytes(64));
    open(1, 0);
    open(2, 0);
    apply(header(1, 1, 1), 3, new byte[20]);

    apply(header(2, 1, 1), 4, new byte[100]);

    assertThat(table.lookup(header(2, 1, 1), 0)).isInstanceOf(Verdict.Duplicate.class);
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void smallerBoundOfBytesTakesEffectAtOnce() {
    table.settings(bytes(1_600));
    open(1, 0);
    open(2, 0);
    apply(header(1, 1, 1), 3, new byte[60]);
    apply(header(2, 1, 1), 4, new byte[50]);

    table.settings(bytes(100));

    assertThat(table.lookup(header(1, 1, 1), 0)).isEqualTo(Verdict.Plain.EXPIRED);
    assertThat(table.replyBytes()).isEqualTo(50);
  }

  @Test
  void smallerBoundsTakeEffectAtOnce() {
    open(1, 0);
    open(2, 1);
    open(3, 2);

    table.settings(settings(LIFETIME, 1, 16));

    assertThat(table.size()).isEqualTo(1);
    assertThat(table.lookup(header(3, 1, 1), 3)).isEqualTo(Verdict.Plain.FRESH);
  }

  @Test
  void closedSessionIsGone() {
    open(5, 0);

    assertThat(table.close(header(5, 1, 1), 1)).isTrue();
    assertThat(table.close(header(5, 1, 1), 1)).isFalse();
    assertThat(table.lookup(header(5, 1, 1), 1)).isEqualTo(Verdict.Plain.EXPIRED);
    assertThat(table.hash()).isZero();
  }

  @Test
  void recordWithoutALookupIsRefused() {
    open(5, 0);
    open(6, 0);

    assertThatThrownBy(() -> table.record(header(5, 1, 1), 7, reply(1)))
        .isInstanceOf(IllegalStateException.class);
  }

  private void open(long index, long timeNanos) {
    assertThat(table.open(index, KEY, timeNanos)).isNull();
  }

  private void apply(SessionHeader header, long index, long timeNanos) {
    assertThat(table.lookup(header, timeNanos)).isEqualTo(Verdict.Plain.FRESH);
    table.record(header, index, reply(index));
  }

  private void apply(SessionHeader header, long index, byte[] reply) {
    assertThat(table.lookup(header, 0)).isEqualTo(Verdict.Plain.FRESH);
    table.record(header, index, Payload.of(reply));
  }

  private static GroupSettings bytes(long maxReplyBytes) {
    return new GroupSettings(LIFETIME, 3, 16, maxReplyBytes, 0, 1);
  }

  static GroupSettings settings(long lifetimeNanos, int maxSessions, int maxReplies) {
    return new GroupSettings(lifetimeNanos, maxSessions, maxReplies, 0, 1);
  }

  static SessionHeader header(long session, long sequence, long lowestWanted) {
    return new SessionHeader(session, KEY, sequence, lowestWanted);
  }

  static Payload reply(long value) {
    return Payload.of(new byte[] {(byte) value, (byte) (value >> 8)});
  }
}
