package io.bowline.raft.model;

import org.jspecify.annotations.Nullable;

/**
 * Term and vote, as they are on disk (§5.1, §5.2).
 *
 * @param votedFor the directory that has this term's vote: a new one of the same id has not
 */
public record Ballot(long term, @Nullable Peer votedFor) {
  /** Before any election. */
  public static final Ballot NONE = new Ballot(0, null);

  /** Whether a directory of that id has the vote. */
  public boolean isFor(NodeId id) {
    return votedFor != null && votedFor.id().equals(id);
  }
}
