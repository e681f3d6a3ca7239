package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.testkit.junit.conformance.Entries.Framed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a storage must hold, so simple that it is plainly right: a list of entries, a ballot, and
 * the one write that is under way. A write that was not completed may have left nothing, all of it,
 * or its first entries.
 */
final class StorageModel {
  private List<Framed> log = new ArrayList<>();
  private Ballot ballot = Ballot.NONE;
  private @Nullable List<EntryBatch> appending;
  private @Nullable Ballot voting;

  List<Framed> log() {
    return log;
  }

  long lastIndex() {
    return log.size();
  }

  Ballot ballot() {
    return ballot;
  }

  void begin(List<EntryBatch> batches) {
    appending = batches;
  }

  void begin(Ballot next) {
    voting = next;
  }

  /** What is under way is durable. */
  void completed() {
    if (appending != null) {
      log = with(appending, Integer.MAX_VALUE);
      appending = null;
    }
    if (voting != null) {
      ballot = voting;
      voting = null;
    }
  }

  /** The log after the first so many entries of these batches. */
  private List<Framed> with(List<EntryBatch> batches, int entries) {
    List<Framed> after = new ArrayList<>(log);
    int left = entries;
    for (EntryBatch batch : batches) {
      for (Framed entry : Entries.of(batch)) {
        if (left-- <= 0) {
          return after;
        }
        after.subList((int) entry.id().index() - 1, after.size()).clear();
        after.add(entry);
      }
    }
    return after;
  }

  /** Why a start may not have found this; {@code null} if it may. */
  @Nullable String whyNot(List<Framed> found, Ballot foundBallot) {
    if (!foundBallot.equals(ballot) && !foundBallot.equals(voting)) {
      return "found " + foundBallot + ", completed was " + ballot + ", under way " + voting;
    }
    int begun = appending == null ? 0 : appending.stream().mapToInt(EntryBatch::count).sum();
    for (int entries = 0; entries <= begun; entries++) {
      if (found.equals(appending == null ? log : with(appending, entries))) {
        return null;
      }
    }
    return "found "
        + found.size()
        + " entries, completed were "
        + log.size()
        + ", under way "
        + appending
        + "; the first difference to what was completed is at index "
        + firstDifference(found)
        + ": "
        + at(found, firstDifference(found))
        + " instead of "
        + at(log, firstDifference(found));
  }

  private int firstDifference(List<Framed> found) {
    int index = 1;
    while (index <= Math.min(found.size(), log.size())
        && found.get(index - 1).equals(log.get(index - 1))) {
      index++;
    }
    return index;
  }

  private static String at(List<Framed> entries, int index) {
    return index > entries.size() ? "nothing" : entries.get(index - 1).toString();
  }

  /** From now on what was found is what is there: a start makes it durable (STORAGE D-h). */
  void believe(List<Framed> found, Ballot foundBallot) {
    log = new ArrayList<>(found);
    ballot = foundBallot;
    appending = null;
    voting = null;
  }
}
