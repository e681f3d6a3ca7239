package io.bowline.raft.founding;

import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How founding records compare. */
final class Records {
  private Records() {}

  /** Whether it is this very record: both are there and have one founding id. */
  static boolean same(@Nullable Membership one, @Nullable Membership other) {
    return one != null && one.equals(other);
  }

  /** Whether every member's directory is named. */
  static boolean namesAll(Membership record) {
    return record.members().stream().allMatch(m -> m.incarnation() != null);
  }

  /** Whether two records of one list name the same directories, whatever else they say. */
  static boolean sameDirectories(Membership one, Membership other) {
    List<Member> ours = one.members();
    List<Member> theirs = other.members();
    boolean isSame = ours.size() == theirs.size();
    for (int i = 0; isSame && i < ours.size(); i++) {
      Incarnation mine = ours.get(i).incarnation();
      isSame =
          ours.get(i).id().equals(theirs.get(i).id())
              && Objects.equals(mine, theirs.get(i).incarnation());
    }
    return isSame;
  }
}
