package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.GroupSettings;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.runtime.SessionTable.Verdict;
import org.junit.jupiter.api.Test;

class SessionTableTest {
  private static final long LIFETIME = 1_000;

  private final SessionTable table = new SessionTable(settings(LIFETIME, 3, 16));

  @Test
  void freshCommandIsADuplicateOnceItsReplyIsRecorded() {
    table.open(5, 0);

    assertThat(table.lookup(header(5, 1, 1), 1)).isEqualTo(Verdict.Plain.FRESH);
    table.record(header(5, 1, 1), 6, reply(42));

    assertThat(table.lookup(header(5, 1, 1), 2)).isEqualTo(new Verdict.Duplicate(6, reply(42)));
  }

  @Test
  void sequencesOutOfOrderAreEachFreshOnce() {
    table.open(5, 0);
    apply(header(5, 5, 1), 6, 0);
    apply(header(5, 2, 1), 7, 0);

    assertThat(table.lookup(header(5, 5, 1), 0)).isEqualTo(new Verdict.Duplicate(6, reply(6)));
    assertThat(table.lookup(header(5, 2, 1), 0)).isEqualTo(new Verdict.Duplicate(7, reply(7)));
    assertThat(table.lookup(header(5, 3, 1), 0)).isEqualTo(Verdict.Plain.FRESH);
  }

  @Test
  void whatTheClientGaveUpIsNeverAppliedLater() {
    table.open(5, 0);

    assertThat(table.lookup(header(5, 9, 4), 0)).isEqualTo(Verdict.Plain.FRESH);
    assertThat(table.lookup(header(5, 3, 1), 0)).isEqualTo(Verdict.Plain.FORGOTTEN);
    assertThat(table.lookup(header(5, 4, 1), 0)).isEqualTo(Verdict.Plain.FRESH);
  }

  @Test
  void lowestWantedMayJumpOverEverythingKept() {
    table.open(5, 0);
    apply(header(5, 1, 1), 6, 0);

    assertThat(table.lookup(header(5, Long.MAX_VALUE, Long.MAX_VALUE), 0))
        .isEqualTo(Verdict.Plain.FRESH);
    assertThat(table.lookup(header(5, 1, 1), 0)).isEqualTo(Verdict.Plain.FORGOTTEN);
  }

  @Test
  void commandTooFarAheadIsNotAppliedUntilTheWindowMoves() {
    table.open(5, 0);

    assertThat(table.lookup(header(5, 16, 1), 0)).isEqualTo(Verdict.Plain.FRESH);
    assertThat(table.lookup(header(5, 17, 1), 0)).isEqualTo(Verdict.Plain.BEYOND_WINDOW);
    assertThat(table.lookup(header(5, 17, 2), 0)).isEqualTo(Verdict.Plain.FRESH);
  }

  @Test
  void sessionExpiresWhenUnusedForItsLifetimeAndNotBefore() {
    table.open(5, 0);
    table.open(6, 0);

    assertThat(table.lookup(header(5, 1, 1), LIFETIME - 1)).isEqualTo(Verdict.Plain.FRESH);
    assertThat(table.lookup(header(6, 1, 1), LIFETIME)).isEqualTo(Verdict.Plain.EXPIRED);
    assertThat(table.lookup(header(5, 1, 1), LIFETIME)).isEqualTo(Verdict.Plain.FRESH);
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void leastRecentlyUsedIsEvictedWhenThereAreTooMany() {
    table.open(1, 0);
    table.open(2, 0);
    table.open(3, 0);
    assertThat(table.lookup(header(1, 1, 1), 0)).isEqualTo(Verdict.Plain.FRESH);
    table.open(4, 0);

    assertThat(table.lookup(header(2, 1, 1), 0)).isEqualTo(Verdict.Plain.EXPIRED);
    assertThat(table.lookup(header(1, 1, 1), 0)).isEqualTo(Verdict.Plain.FRESH);
  }

  @Test
  void smallerBoundsTakeEffectAtOnce() {
    table.open(1, 0);
    table.open(2, 1);
    table.open(3, 2);

    table.settings(settings(LIFETIME, 1, 16));

    assertThat(table.size()).isEqualTo(1);
    assertThat(table.lookup(header(3, 1, 1), 3)).isEqualTo(Verdict.Plain.FRESH);
  }

  @Test
  void closedSessionIsGone() {
    table.open(5, 0);

    assertThat(table.close(5, 1)).isTrue();
    assertThat(table.close(5, 1)).isFalse();
    assertThat(table.lookup(header(5, 1, 1), 1)).isEqualTo(Verdict.Plain.EXPIRED);
    assertThat(table.hash()).isZero();
  }

  @Test
  void recordWithoutALookupIsRefused() {
    table.open(5, 0);
    table.open(6, 0);

    assertThatThrownBy(() -> table.record(header(5, 1, 1), 7, reply(1)))
        .isInstanceOf(IllegalStateException.class);
  }

  private void apply(SessionHeader header, long index, long timeNanos) {
    assertThat(table.lookup(header, timeNanos)).isEqualTo(Verdict.Plain.FRESH);
    table.record(header, index, reply(index));
  }

  static GroupSettings settings(long lifetimeNanos, int maxSessions, int maxReplies) {
    return new GroupSettings(lifetimeNanos, maxSessions, maxReplies, 0, 1);
  }

  static SessionHeader header(long session, long sequence, long lowestWanted) {
    return new SessionHeader(session, sequence, lowestWanted);
  }

  static Payload reply(long value) {
    return Payload.of(new byte[] {(byte) value, (byte) (value >> 8)});
  }
}
