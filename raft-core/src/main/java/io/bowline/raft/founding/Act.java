package io.bowline.raft.founding;

import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupLink;
import java.util.List;

/** What a founder wants done, in this order, before its next input. */
public sealed interface Act {
  /**
   * Make it durable in the identity file, then say {@link Founder#written}. Until then nothing else
   * is decided, and what is said of this directory stays as it was.
   */
  record Write(Founding next) implements Act {}

  /** Say hello there, with that number and {@link Founder#state}. */
  record Greet(GroupLink link, long number) implements Act {}

  /** Refuse the group on that stream, with a reason that names both sides and the way out. */
  record Refuse(GroupLink link, String reason) implements Act {}

  /** The group was founded without this directory (identity 7): to be logged loudly, once. */
  record StayOut(String reason) implements Act {}

  /** Two directories of one id are connected (identity 8): to be logged, with both addresses. */
  record Twins(NodeId id, List<String> addresses) implements Act {}

  /** Say {@link Founder#time} then; takes the place of an earlier one. */
  record WakeAt(long deadlineNanos) implements Act {}

  /** This directory is complete under that record, durably: the core may be made. */
  record Completed(Membership record) implements Act {}
}
