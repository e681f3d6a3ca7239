package io.bowline.raft.transport;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.StartPair;
import org.jspecify.annotations.Nullable;

/**
 * The four words of a group's handshake on one stream (identity 5, 11, 12): the dialler says hello,
 * is answered, confirms, is confirmed; only then do the group's messages pass. The last two are
 * said between directories that are complete under one founding.
 */
public sealed interface GroupWord {
  /** Whom it is about. */
  GroupId group();

  /** The dialler's, never used again by its process; the other three repeat it. */
  long number();

  /** By the dialler: who it is, and how far its founding is. */
  record Hello(GroupId group, long number, DirectoryState self) implements GroupWord {}

  /**
   * The same of the one who was dialled.
   *
   * @param remembered the newest start of the dialler's incarnation that it has seen, if any
   */
  record Answer(GroupId group, long number, DirectoryState self, @Nullable StartPair remembered)
      implements GroupWord {}

  /**
   * By the dialler: its own file holds the start that was remembered of it.
   *
   * @param remembered the newest start of the other incarnation that it has seen, if any
   */
  record Confirm(GroupId group, long number, @Nullable StartPair remembered) implements GroupWord {}

  /** By the one who was dialled: so does its own file; it takes messages. */
  record Confirmed(GroupId group, long number) implements GroupWord {}
}
