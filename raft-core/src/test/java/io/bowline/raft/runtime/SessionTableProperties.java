package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.GroupSettings;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import io.bowline.raft.runtime.SessionTable.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * The table against a model that keeps everything in plain lists and searches them from end to end.
 */
class SessionTableProperties {
  private static final long LIFETIME = TimeUnit.SECONDS.toNanos(300);
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final SessionKey GUESS = new SessionKey(0, 0);

  private static final GroupSettings WIDE = new GroupSettings(LIFETIME, 4, 6, 320, 0, 1);
  private static final GroupSettings TIGHT = new GroupSettings(LIFETIME, 3, 6, 48, 0, 1);

  @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE)
  void everyVerdictIsTheOneOfANaiveModel(@ForAll("scripts") List<Step> script) {
    SessionTable table = new SessionTable(WIDE);
    Model model = new Model();
    long time = 0;
    long index = 0;
    for (Step step : script) {
      index++;
      time += TimeUnit.SECONDS.toNanos(step.elapsed());
      if (step.kind() == Kind.OPEN) {
        boolean opened = table.open(index, SessionTableTest.KEY, time) == null;
        assertThat(opened).isEqualTo(model.open(index, time));
      } else if (step.kind() == Kind.SETTINGS) {
        GroupSettings settings = step.sequence() % 2 == 0 ? WIDE : TIGHT;
        table.settings(settings);
        model.settings(settings);
      } else if (step.kind() == Kind.CLOSE) {
        SessionHeader header = model.header(step, index);
        assertThat(table.close(header, time)).isEqualTo(model.close(header, time));
      } else {
        SessionHeader header = model.header(step, index);
        Verdict verdict = table.lookup(header, time);
        assertThat(verdict).isEqualTo(model.lookup(header, time));
        if (verdict == Verdict.Plain.FRESH) {
          table.record(header, index, step.reply());
          model.record(header, index, step.reply());
        }
      }
      assertThat(table.size()).isEqualTo(model.sessions.size());
      assertThat(table.replyBytes()).isEqualTo(model.bytes());
    }
    model.expire(time);
    for (Session session : List.copyOf(model.sessions)) {
      SessionHeader last =
          SessionTableTest.header(session.id, Long.MAX_VALUE, session.lowestWanted);
      assertThat(table.lookup(last, time)).isEqualTo(Verdict.Plain.BEYOND_WINDOW);
    }
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void replicasThatApplyTheSameHaveTheSameHash(@ForAll("scripts") List<Step> script) {
    SessionTable one = new SessionTable(TIGHT);
    SessionTable two = new SessionTable(TIGHT);
    Model ids = new Model();
    long time = 0;
    long index = 0;
    for (Step step : script) {
      index++;
      time += TimeUnit.SECONDS.toNanos(step.elapsed());
      SessionHeader header = ids.header(step, index);
      for (SessionTable table : List.of(one, two)) {
        if (step.kind() == Kind.OPEN) {
          table.open(index, SessionTableTest.KEY, time);
        } else if (table.lookup(header, time) == Verdict.Plain.FRESH) {
          table.record(header, index, step.reply());
        }
      }
      if (step.kind() == Kind.OPEN) {
        ids.open(index, time);
      }
      assertThat(one.hash()).isEqualTo(two.hash());
    }
    long before = one.hash();
    one.open(index + 1, SessionTableTest.KEY, time + LIFETIME);
    assertThat(one.hash()).isNotEqualTo(before);
  }

  @Provide
  Arbitrary<List<Step>> scripts() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            Tuple.of(4, Kind.OPEN),
            Tuple.of(1, Kind.CLOSE),
            Tuple.of(1, Kind.SETTINGS),
            Tuple.of(20, Kind.COMMAND));
    Arbitrary<Integer> elapsed =
        Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.just(0)),
            Tuple.of(3, Arbitraries.integers().between(1, 20)),
            Tuple.of(2, Arbitraries.integers().between(55, 65)),
            Tuple.of(1, Arbitraries.integers().between(295, 305)));
    return Combinators.combine(
            kinds,
            Arbitraries.integers().between(0, 4),
            Arbitraries.integers().between(1, 24),
            Arbitraries.integers().between(1, 24),
            elapsed,
            Arbitraries.integers().between(0, 24),
            Arbitraries.integers().between(0, 15).map(guess -> guess == 0))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(100);
  }

  enum Kind {
    OPEN,
    CLOSE,
    SETTINGS,
    COMMAND
  }

  /** {@code session} counts back from the one opened last; some are gone, some never were. */
  record Step(
      Kind kind,
      int session,
      int sequence,
      int lowestWanted,
      int elapsed,
      int length,
      boolean guess) {
    Payload reply() {
      return Payload.of(new byte[length]);
    }
  }

  /** What the specification says, without a thought for speed. */
  private static final class Model {
    /** In the order of last use. */
    final List<Session> sessions = new ArrayList<>();

    private final List<Long> everOpened = new ArrayList<>();
    private GroupSettings settings = WIDE;

    SessionHeader header(Step step, long index) {
      int lowest = Math.min(step.lowestWanted(), step.sequence());
      int at = everOpened.size() - 1 - step.session();
      long id = at < 0 ? index + 1_000 : everOpened.get(at);
      SessionKey key = step.guess() ? GUESS : SessionTableTest.KEY;
      return new SessionHeader(id, key, step.sequence(), lowest);
    }

    void settings(GroupSettings changed) {
      settings = changed;
      while (sessions.size() > settings.maxSessions()) {
        sessions.remove(0);
      }
      evictLargestBut(null);
    }

    boolean open(long index, long time) {
      expire(time);
      if (sessions.size() == settings.maxSessions()) {
        if (time - sessions.get(0).lastUsed < MINUTE) {
          return false;
        }
        sessions.remove(0);
      }
      sessions.add(new Session(index, time));
      everOpened.add(index);
      return true;
    }

    boolean close(SessionHeader header, long time) {
      expire(time);
      Session session = find(header);
      return session != null && sessions.remove(session);
    }

    Verdict lookup(SessionHeader header, long time) {
      expire(time);
      Session session = find(header);
      if (session == null) {
        return Verdict.Plain.EXPIRED;
      }
      sessions.remove(session);
      sessions.add(session);
      session.lastUsed = time;
      session.lowestWanted = Math.max(session.lowestWanted, header.lowestWanted());
      session.replies.keySet().removeIf(sequence -> sequence < session.lowestWanted);
      if (header.sequence() < session.lowestWanted) {
        return Verdict.Plain.FORGOTTEN;
      }
      Verdict.Duplicate answered = session.replies.get(header.sequence());
      if (answered != null) {
        return answered;
      }
      if (header.sequence() >= session.lowestWanted + settings.maxRepliesPerSession()) {
        return Verdict.Plain.BEYOND_WINDOW;
      }
      long share = settings.maxReplyBytes() / 16;
      return session.bytes() < share
          ? Verdict.Plain.FRESH
          : new Verdict.OverBytes(share, session.bytes());
    }

    void record(SessionHeader header, long index, Payload reply) {
      Session session = find(header);
      if (session == null) {
        throw new AssertionError("recorded in a session that is not there");
      }
      assertThat(session.applied).as("applied at most once").doesNotContain(header.sequence());
      session.applied.add(header.sequence());
      session.replies.put(header.sequence(), new Verdict.Duplicate(index, reply));
      evictLargestBut(session);
    }

    long bytes() {
      return sessions.stream().mapToLong(Session::bytes).sum();
    }

    /** Of equals the first in the order of last use. */
    private void evictLargestBut(@Nullable Session inUse) {
      while (bytes() > settings.maxReplyBytes()) {
        Session largest =
            sessions.stream()
                .filter(session -> session != inUse && session.bytes() > 0)
                .reduce((one, two) -> two.bytes() > one.bytes() ? two : one)
                .orElse(null);
        if (largest == null) {
          return;
        }
        sessions.remove(largest);
      }
    }

    private void expire(long time) {
      sessions.removeIf(session -> time - session.lastUsed >= LIFETIME);
    }

    private @Nullable Session find(SessionHeader header) {
      return sessions.stream()
          .filter(s -> s.id == header.session() && header.key().equals(SessionTableTest.KEY))
          .findFirst()
          .orElse(null);
    }
  }

  private static final class Session {
    final long id;
    final TreeMap<Long, Verdict.Duplicate> replies = new TreeMap<>();
    final List<Long> applied = new ArrayList<>();
    long lastUsed;
    long lowestWanted = 1;

    Session(long id, long time) {
      this.id = id;
      this.lastUsed = time;
    }

    long bytes() {
      return replies.values().stream().mapToLong(answered -> answered.reply().length()).sum();
    }
  }
}
