package io.bowline.raft.testkit;

import io.bowline.raft.model.Founding;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the group was founded: what each machine's directory has written durably. A group is founded
 * once (identity 4): a founding is complete only when every directory that its record names has
 * written that record, and nobody completes another one while a directory lives that is complete
 * under the first.
 */
final class Foundings {
  private final Simulation simulation;
  private final @Nullable Incarnation[] directory;
  private final Founding[] written;

  /**
   * Directories that were lost after they had written a record: it may be completed all the same.
   */
  private int lostWriters;

  /** By founding: the directories that have written its record, lost ones too. */
  private final Map<FoundingId, Set<Incarnation>> writers = new HashMap<>();

  Foundings(Simulation simulation, int nodes) {
    this.simulation = simulation;
    this.directory = new Incarnation[nodes];
    this.written = new Founding[nodes];
    Arrays.fill(written, Founding.FRESH);
  }

  /** A process has opened that directory, and read so from it. */
  void opened(int slot, Incarnation incarnation) {
    if (!incarnation.equals(directory[slot])) {
      directory[slot] = incarnation;
      written[slot] = Founding.FRESH;
    }
  }

  /** Its disk holds nothing of it any more. */
  void wiped(int slot) {
    lostWriters += written[slot].state() == Founding.State.WRITTEN ? 1 : 0;
    directory[slot] = null;
    written[slot] = Founding.FRESH;
  }

  /** A directory's founding is that now, durably. */
  void wrote(int slot, Founding next) {
    Founding before = written[slot];
    Marks marks = simulation.marks();
    if (before.isComplete() && !before.equals(next)) {
      throw fail(slot, "writes " + next + " over " + before);
    }
    marks.hitIf(
        before.state() == Founding.State.WRITTEN && !Objects.equals(before.id(), next.id()),
        Mark.FOUNDING_RECORD_REPLACED);
    written[slot] = next;
    noteWriter(slot, next);
    if (next.isComplete() && !before.isComplete()) {
      completed(slot, next);
    }
  }

  private void noteWriter(int slot, Founding next) {
    FoundingId id = next.id();
    Incarnation own = directory[slot];
    if (id != null && own != null) {
      writers.computeIfAbsent(id, any -> new HashSet<>()).add(own);
    }
  }

  private void completed(int slot, Founding founding) {
    Incarnation own = directory[slot];
    if (own == null || !names(founding, own)) {
      throw fail(slot, "is complete under a record that does not name it: " + founding);
    }
    FoundingId id = founding.id();
    requireWrittenByAll(slot, founding);
    for (int other = 0; other < written.length; other++) {
      if (written[other].isComplete() && !Objects.equals(written[other].id(), id)) {
        throw fail(
            slot,
            "completes founding "
                + id
                + " while "
                + ProtocolChecks.id(other)
                + " is complete under "
                + written[other].id());
      }
    }
    simulation.marks().hit(Mark.FOUNDING_COMPLETE);
  }

  /** The barrier before the first vote: whoever has not written it may still take another one. */
  private void requireWrittenByAll(int slot, Founding founding) {
    Membership record = founding.record();
    Set<Incarnation> wrote = writers.getOrDefault(founding.id(), Set.of());
    for (Member member : record == null ? List.<Member>of() : record.members()) {
      if (!wrote.contains(member.incarnation())) {
        throw fail(
            slot,
            "completes founding " + founding.id() + ", which " + member + " has never written");
      }
    }
  }

  private static boolean names(Founding founding, Incarnation incarnation) {
    Membership record = founding.record();
    return record != null
        && record.members().stream().anyMatch(m -> incarnation.equals(m.incarnation()));
  }

  private SimulationFailure fail(int slot, String what) {
    return simulation.failure("FOUNDED_ONCE", ProtocolChecks.id(slot) + " " + what);
  }

  /**
   * Whether nobody is complete and this directory may be lost. If it has written a record, the
   * others may complete that without it, and whoever comes in its place stays out (identity 7): so
   * only as many as the group can do without.
   */
  boolean mayLose(int slot) {
    boolean hasWritten = written[slot].state() == Founding.State.WRITTEN;
    return !hasBegun() && (!hasWritten || lostWriters + 1 <= (written.length - 1) / 2);
  }

  /** Whether the group is founded without that machine's directory of now. */
  boolean staysOut(int slot) {
    return hasBegun() && !isNamed(slot);
  }

  /** Whether any directory is complete: from then on it may acknowledge. */
  boolean hasBegun() {
    return record() != null;
  }

  /** The record under which a directory is complete; {@code null} while none is. */
  @Nullable Membership record() {
    for (Founding one : written) {
      if (one.isComplete()) {
        return one.record();
      }
    }
    return null;
  }

  /** Whether that machine's directory is complete. */
  boolean isComplete(int slot) {
    return written[slot].isComplete();
  }

  /** Whether every machine's directory is complete. */
  boolean isComplete() {
    for (Founding one : written) {
      if (!one.isComplete()) {
        return false;
      }
    }
    return true;
  }

  /** Whether that node's directory of now is one that the group's founding names. */
  boolean isNamed(int slot) {
    Membership record = record();
    Incarnation own = directory[slot];
    Member member = record == null ? null : record.member(ProtocolChecks.id(slot));
    return member != null && own != null && own.equals(member.incarnation());
  }
}
