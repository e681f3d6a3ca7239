package io.bowline.raft.model;

import org.jspecify.annotations.Nullable;

/** Term and vote, as they are on disk (§5.1, §5.2). */
public record Ballot(long term, @Nullable NodeId votedFor) {
  /** Before any election. */
  public static final Ballot NONE = new Ballot(0, null);
}
