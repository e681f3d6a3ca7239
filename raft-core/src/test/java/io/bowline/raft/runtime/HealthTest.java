package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.runtime.Health.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** After how long each trouble shows, row by row of docs/operations/health.md. */
class HealthTest {
  private static final Path PAGE = Path.of("..", "docs", "operations", "health.md");
  private static final long T = 1_000;

  private final Health health = new Health(T);
  private long now = 5;

  @BeforeEach
  void serves() {
    health.leader(true);
    health.applies(7, 7, false, now);
    assertThat(health.trouble(now)).isNull();
  }

  private void after(long nanos) {
    now += nanos;
  }

  @Test
  void aNodeThatKnowsNoLeaderServesNotAtOnce() {
    health.leader(false);

    assertThat(health.trouble(now)).isEqualTo(Trouble.NO_LEADER);
  }

  @Test
  void aLeaderThatWouldOverwriteWhatIsCommittedShowsAtOnce() {
    health.contradicted(true);
    assertThat(health.trouble(now)).isEqualTo(Trouble.CONTRADICTED);

    health.contradicted(false);
    assertThat(health.trouble(now)).isNull();
  }

  @Test
  void aNodeThatEndedServesNeverMore() {
    health.ended();
    health.leader(true);

    assertThat(health.trouble(now)).isEqualTo(Trouble.ENDED);
  }

  @Test
  void aContradictionShowsAtOnceUntilItsTermIsOver() {
    health.contradicted(true);
    assertThat(health.trouble(now)).isEqualTo(Trouble.CONTRADICTED);

    health.contradicted(false);
    assertThat(health.trouble(now)).isNull();
  }

  @Test
  void aFullDiskShowsAtOnceUntilThereIsRoom() {
    health.room(false);
    assertThat(health.trouble(now)).isEqualTo(Trouble.DISK_FULL);

    health.room(true);
    assertThat(health.trouble(now)).isNull();
  }

  @Test
  void aWriteThatDoesNotComeBackShowsAfterAnElectionTimeout() {
    health.writes(true, 3, now);
    after(T - 1);
    health.writes(true, 3, now);
    assertThat(health.trouble(now)).isNull();
    assertThat(health.nextLookNanos(now)).isEqualTo(now + 1);

    after(1);
    assertThat(health.trouble(now)).isEqualTo(Trouble.DISK_STALLED);
    assertThat(health.nextLookNanos(now)).isEqualTo(Alarm.NEVER);

    health.writes(false, 3, now);
    assertThat(health.trouble(now)).isNull();
  }

  @Test
  void manyWritesInARowAreNoStall() {
    for (int write = 0; write < 10; write++) {
      health.writes(true, write, now);
      after(T / 2);
    }

    assertThat(health.trouble(now)).isNull();
  }

  @Test
  void aStateMachineThatDoesNotMoveShowsAfterAnElectionTimeout() {
    health.applies(7, 9, true, now);
    after(T);
    health.applies(7, 9, true, now);
    assertThat(health.trouble(now)).isEqualTo(Trouble.APPLY_STUCK);

    health.applies(8, 9, true, now);
    assertThat(health.trouble(now)).as("it moved").isNull();

    after(T);
    health.applies(9, 9, false, now);
    assertThat(health.trouble(now)).as("nothing waits").isNull();
  }

  @Test
  void aStartWithABacklogServesWhenItIsApplied() {
    Health started = new Health(T);
    started.leader(true);
    started.applies(0, 0, false, now);
    assertThat(started.trouble(now)).as("nothing is known yet").isEqualTo(Trouble.BEHIND);

    started.applies(100, 900, true, now);
    assertThat(started.trouble(now)).isEqualTo(Trouble.BEHIND);
    started.applies(899, 2_000, true, now);
    assertThat(started.trouble(now)).isEqualTo(Trouble.BEHIND);

    started.applies(900, 2_000, true, now);
    assertThat(started.trouble(now)).isNull();
  }

  @Test
  void everyTroubleHasARowInTheDocs() throws IOException {
    List<String> rows =
        Files.readAllLines(PAGE).stream().filter(l -> l.matches("\\| `[a-z_]+` .*")).toList();

    assertThat(rows.stream().map(row -> row.replaceFirst("\\| `([a-z_]+)` .*", "$1")))
        .containsExactlyElementsOf(
            Stream.of(Trouble.values()).map(t -> t.name().toLowerCase(Locale.ROOT)).toList());
  }
}
