package io.bowline.raft.founding;

import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;

/** What is said to those who are refused, and of whom stays out: both sides and the way out. */
final class Reasons {
  private static final String WAYS_OUT = "; ways out: docs/operations/founding.md";

  private Reasons() {}

  /** Identity 7, between two complete directories. */
  static String anotherFounding(
      NodeId self, DirectoryState mine, NodeId peer, DirectoryState theirs) {
    return self
        + " is of founding "
        + mine.founding().id()
        + ", "
        + peer
        + " of founding "
        + theirs.founding().id()
        + ": the two were founded apart and never mix"
        + WAYS_OUT;
  }

  /** Identity 7, of a directory that is not complete. */
  static String foundedWithout(
      NodeId self, DirectoryState mine, GroupLink link, DirectoryState theirs) {
    return self
        + " with directory "
        + mine.incarnation()
        + " stays out: "
        + link.peer()
        + " at "
        + theirs.address()
        + " is of founding "
        + theirs.founding().id()
        + ", which does not name this directory; it serves nothing until it is added"
        + WAYS_OUT;
  }

  /** Identity 9. */
  static String otherList(NodeId self, Membership mine, NodeId peer, long theirHash) {
    return peer
        + " was given another initial list or other settings (hash "
        + hex(theirHash)
        + ") than "
        + self
        + " (hash "
        + hex(mine.listHash())
        + ", members "
        + mine.members().stream().map(Member::id).toList()
        + "): give every initial member the same list and settings"
        + WAYS_OUT;
  }

  private static String hex(long hash) {
    return String.format(java.util.Locale.ROOT, "%016x", hash);
  }
}
