package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Payload;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.runtime.SessionTable.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
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
  private static final int MAX_REPLIES = 6;

  @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
  void everyVerdictIsTheOneOfANaiveModel(@ForAll("scripts") List<Step> script) {
    SessionTable table = new SessionTable(SessionTableTest.settings(50, 3, MAX_REPLIES));
    Model model = new Model();
    long time = 0;
    long index = 0;
    for (Step step : script) {
      index++;
      time += step.elapsed();
      if (step.kind() == Kind.OPEN) {
        table.open(index, time);
        model.open(index, time);
      } else if (step.kind() == Kind.CLOSE) {
        long session = model.idOf(step.session(), index);
        assertThat(table.close(session, time)).isEqualTo(model.close(session, time));
      } else {
        SessionHeader header = model.header(step, index);
        Verdict verdict = table.lookup(header, time);
        assertThat(verdict).isEqualTo(model.lookup(header, time));
        if (verdict == Verdict.Plain.FRESH) {
          table.record(header, index, SessionTableTest.reply(index));
          model.record(header, index, SessionTableTest.reply(index));
        }
      }
      assertThat(table.size()).isEqualTo(model.sessions.size());
    }
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void replicasThatApplyTheSameHaveTheSameHash(@ForAll("scripts") List<Step> script) {
    SessionTable one = new SessionTable(SessionTableTest.settings(50, 3, MAX_REPLIES));
    SessionTable two = new SessionTable(SessionTableTest.settings(50, 3, MAX_REPLIES));
    Model ids = new Model();
    long time = 0;
    long index = 0;
    for (Step step : script) {
      index++;
      time += step.elapsed();
      SessionHeader header = ids.header(step, index);
      for (SessionTable table : List.of(one, two)) {
        if (step.kind() == Kind.OPEN) {
          table.open(index, time);
        } else if (table.lookup(header, time) == Verdict.Plain.FRESH) {
          table.record(header, index, SessionTableTest.reply(index));
        }
      }
      if (step.kind() == Kind.OPEN) {
        ids.open(index, time);
      }
      assertThat(one.hash()).isEqualTo(two.hash());
    }
    long before = one.hash();
    one.open(index + 1, time);
    assertThat(one.hash()).isNotEqualTo(before);
  }

  @Provide
  Arbitrary<List<Step>> scripts() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            Tuple.of(3, Kind.OPEN), Tuple.of(1, Kind.CLOSE), Tuple.of(16, Kind.COMMAND));
    Arbitrary<Integer> elapsed =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.just(0)),
            Tuple.of(2, Arbitraries.integers().between(1, 20)),
            Tuple.of(1, Arbitraries.integers().between(40, 60)));
    return Combinators.combine(
            kinds,
            Arbitraries.integers().between(0, 4),
            Arbitraries.integers().between(1, 24),
            Arbitraries.integers().between(1, 24),
            elapsed)
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(80);
  }

  enum Kind {
    OPEN,
    CLOSE,
    COMMAND
  }

  /** {@code session} counts back from the one opened last; some are gone, some never were. */
  record Step(Kind kind, int session, int sequence, int lowestWanted, int elapsed) {}

  /** What the specification says, without a thought for speed. */
  private static final class Model {
    /** In the order of last use. */
    final List<Session> sessions = new ArrayList<>();

    private final List<Long> everOpened = new ArrayList<>();

    long idOf(int back, long index) {
      int at = everOpened.size() - 1 - back;
      return at < 0 ? index + 1_000 : everOpened.get(at);
    }

    SessionHeader header(Step step, long index) {
      int lowest = Math.min(step.lowestWanted(), step.sequence());
      return new SessionHeader(idOf(step.session(), index), step.sequence(), lowest);
    }

    void open(long index, long time) {
      expire(time);
      sessions.add(new Session(index, time));
      everOpened.add(index);
      if (sessions.size() > 3) {
        sessions.remove(0);
      }
    }

    boolean close(long id, long time) {
      expire(time);
      return sessions.removeIf(session -> session.id == id);
    }

    Verdict lookup(SessionHeader header, long time) {
      expire(time);
      Session session = find(header.session());
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
      return header.sequence() < session.lowestWanted + MAX_REPLIES
          ? Verdict.Plain.FRESH
          : Verdict.Plain.BEYOND_WINDOW;
    }

    void record(SessionHeader header, long index, Payload reply) {
      Session session = find(header.session());
      if (session == null) {
        throw new AssertionError("recorded in a session that is not there");
      }
      assertThat(session.applied).as("applied at most once").doesNotContain(header.sequence());
      session.applied.add(header.sequence());
      session.replies.put(header.sequence(), new Verdict.Duplicate(index, reply));
    }

    private void expire(long time) {
      sessions.removeIf(session -> time - session.lastUsed >= 50);
    }

    private @Nullable Session find(long id) {
      return sessions.stream().filter(session -> session.id == id).findFirst().orElse(null);
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
  }
}
