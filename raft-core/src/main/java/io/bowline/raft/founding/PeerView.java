package io.bowline.raft.founding;

import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;
import org.jspecify.annotations.Nullable;

/** What a founder knows of one other node. */
final class PeerView {
  /** The newest control stream that this host has dialled to it. */
  @Nullable GroupLink link;

  /** Of the newest hello to it. */
  long number;

  /** The answer to that very hello: all that counts (identity 5). */
  @Nullable DirectoryState answer;

  /** What it said last, by hello or answer; good for a status and as a reason to ask again. */
  @Nullable DirectoryState known;

  /** Whether {@link #known} is of another list than ours, both not complete. */
  boolean hasOtherList;
}
