package io.bowline.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.TermRun;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The log as runs, and the claims of writes, against lists that hold each entry. */
class LogProperties {
  /**
   * Appends {@code count} entries of a later or the same term behind {@code keep} of the entries.
   */
  record Change(double keep, int laterTerm, int count) {}

  @Provide
  Arbitrary<List<Change>> changes() {
    Arbitrary<Double> keep =
        Arbitraries.oneOf(Arbitraries.just(1.0), Arbitraries.doubles().between(0, 1));
    return Combinators.combine(
            keep, Arbitraries.integers().between(0, 3), Arbitraries.integers().between(1, 5))
        .as(Change::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }

  private static void apply(Change change, LogMetadata log, List<Long> terms) {
    int kept = (int) (terms.size() * change.keep());
    long term = (terms.isEmpty() ? 1 : terms.get(terms.size() - 1)) + change.laterTerm();
    terms.subList(kept, terms.size()).clear();
    log.truncate(kept + 1);
    log.append(term, change.count(), 0, 0);
    for (int i = 0; i < change.count(); i++) {
      terms.add(term);
    }
  }

  private static List<Long> build(List<Change> changes, LogMetadata log) {
    List<Long> terms = new ArrayList<>();
    changes.forEach(change -> apply(change, log, terms));
    return terms;
  }

  @Property(tries = 300)
  void termsAreThoseOfTheEntries(@ForAll("changes") List<Change> changes) {
    LogMetadata log = new LogMetadata(LogShape.EMPTY);

    List<Long> terms = build(changes, log);

    assertThat(log.last()).isEqualTo(new EntryId(terms.size(), terms.get(terms.size() - 1)));
    for (int i = 1; i <= terms.size(); i++) {
      assertThat(log.termAt(i)).isEqualTo(terms.get(i - 1));
    }
    assertThat(log.termAt(0)).isZero();
    assertThat(log.termAt(terms.size() + 1)).isZero();
  }

  @Property(tries = 300)
  void runsTellTheWholeLogAndGiveItBack(@ForAll("changes") List<Change> changes) {
    LogMetadata log = new LogMetadata(LogShape.EMPTY);
    build(changes, log);
    List<TermRun> runs = new ArrayList<>(log.runsBelow(log.lastIndex(), Integer.MAX_VALUE));
    java.util.Collections.reverse(runs);

    LogMetadata again = new LogMetadata(new LogShape(EntryId.ZERO, runs, List.of(), 0));

    assertThat(again.last()).isEqualTo(log.last());
    assertThat(again.runsBelow(again.lastIndex(), 1000))
        .isEqualTo(log.runsBelow(log.lastIndex(), 1000));
    assertThat(log.runsBelow(log.lastIndex(), 3)).hasSizeLessThanOrEqualTo(3);
    assertThat(log.firstNew(runs)).isEqualTo(log.lastIndex() + 1);
  }

  /** Two logs with a common beginning, as Log Matching has it. */
  @Property(tries = 500)
  void lastCommonEntryIsFoundFromTheRuns(
      @ForAll("changes") List<Change> common,
      @ForAll("changes") List<Change> mine,
      @ForAll("changes") List<Change> theirs) {
    LogMetadata log = new LogMetadata(LogShape.EMPTY);
    LogMetadata other = new LogMetadata(LogShape.EMPTY);
    List<Long> terms = build(common, log);
    build(common, other);
    long agreed = terms.size();
    grow(log, mine, 0);
    grow(other, theirs, 1);

    long found = log.lastCommon(other.runsBelow(other.lastIndex(), Integer.MAX_VALUE));

    assertThat(found).isEqualTo(agreed);
    assertThat(log.holds(other.idAt(agreed))).isTrue();
    assertThat(log.holds(other.idAt(other.lastIndex()))).isFalse();
    assertThat(log.lastWithTermAtMost(log.termAt(agreed), log.lastIndex())).isEqualTo(agreed);
  }

  /** Each side's own terms: even ones or odd ones above the common ones. */
  private static void grow(LogMetadata log, List<Change> changes, int odd) {
    long term = 2 * (log.lastTerm() + 1) + odd;
    for (Change change : changes) {
      log.append(term, change.count(), 0, 0);
      term += 2L * change.laterTerm();
    }
  }

  /** STORAGE O3 said naively: the last write that wrote an index must be durable, and all below. */
  @Property(tries = 500)
  void durableIndexIsWhatTheLastWritesOfEachIndexProve(
      @ForAll("changes") List<Change> changes, @ForAll int when) {
    WriteClaims claims = new WriteClaims(0);
    List<Long> writeOf = new ArrayList<>();
    long write = 0;
    long durable = 0;
    for (Change change : changes) {
      int kept = (int) (writeOf.size() * change.keep());
      write++;
      writeOf.subList(kept, writeOf.size()).clear();
      for (int i = 0; i < change.count(); i++) {
        writeOf.add(write);
      }
      claims.claim(write, kept + 1, writeOf.size());
      if ((when >>> (write % 31) & 1) == 1) {
        durable += (write - durable + 1) / 2;
        claims.durable(durable);
      }
      long proven = 0;
      while (proven < writeOf.size() && writeOf.get((int) proven) <= durable) {
        proven++;
      }
      assertThat(claims.durableIndex()).isEqualTo(proven);
    }
  }
}
