package io.bowline.raft.storage;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.StartPair;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who a directory belongs to, and how far its founding is (STORAGE F0).
 *
 * @param incarnation drawn when the directory was made
 * @param before earlier incarnations whose segments may still be here, oldest first
 * @param list the membership as it was given to the bootstrap
 * @param founding the founding record, and whether it is complete (identity 1)
 * @param starts this start and those before it (identity 11)
 * @param fence why it may not be opened any more (identity 12); {@code null} if it may
 */
public record Identity(
    ClusterId cluster,
    GroupId group,
    NodeId node,
    Incarnation incarnation,
    List<Incarnation> before,
    Membership list,
    Founding founding,
    Starts starts,
    @Nullable String fence) {
  private static final int LONGEST_REASON = 1_000;

  /** Keeps the list of earlier incarnations. */
  public Identity {
    before = List.copyOf(before);
  }

  /** Of a directory that is made now. */
  static Identity fresh(
      ClusterId cluster,
      GroupId group,
      NodeId node,
      Incarnation incarnation,
      Membership list,
      long nonce) {
    return new Identity(
        cluster,
        group,
        node,
        incarnation,
        List.of(),
        list,
        Founding.FRESH,
        Starts.first(nonce),
        null);
  }

  /** This start. */
  public StartPair current() {
    return starts.current();
  }

  /** The number of this start: one more than of the one before. */
  public long startCounter() {
    return starts.counter();
  }

  /** Whether one of the last 4,096 starts of this directory was that one (identity 12). */
  public boolean holds(StartPair pair) {
    return starts.holds(pair);
  }

  /** Whether it was told that it is a copy. */
  public boolean fenced() {
    return fence != null;
  }

  /** The same directory, started once more. */
  Identity nextStart(long nonce) {
    return with(founding, starts.next(nonce), fence);
  }

  /** The same directory, further in its founding (identity 2 to 4). */
  Identity movedTo(Founding next) {
    if (founding.isComplete()) {
      throw new IllegalStateException(
          "the founding is complete under " + founding.id() + ", and stays so");
    }
    if (next.state().compareTo(founding.state()) < 0) {
      throw new IllegalStateException(
          "a founding that is " + founding.state() + " is not " + next.state() + " again");
    }
    return with(next, starts, fence);
  }

  /** The same directory, fenced. */
  Identity fencedBecause(String why) {
    String reason = why.isBlank() ? "no reason was given" : why;
    return with(founding, starts, reason.substring(0, Math.min(reason.length(), LONGEST_REASON)));
  }

  /** O2: nothing that could be promised is written before the group is founded. */
  void requireFounded() {
    if (!founding.isComplete()) {
      throw new IllegalStateException(
          "a write before the founding is complete (identity 6): it is " + founding.state());
    }
  }

  private Identity with(Founding ofGroup, Starts all, @Nullable String why) {
    return new Identity(cluster, group, node, incarnation, before, list, ofGroup, all, why);
  }

  /** Whether a segment of that incarnation may be here. */
  boolean owns(Incarnation other) {
    return incarnation.equals(other) || before.contains(other);
  }
}
