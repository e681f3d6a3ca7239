package io.bowline.raft.founding;

import io.bowline.raft.model.Address;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.MemberRole;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a list must be that a group is founded with: voters only, each at an address of its own. */
public final class InitialList {
  private InitialList() {}

  /** Everything that is wrong with it for that node; empty if nothing is. */
  public static List<String> problems(Membership list, NodeId self) {
    List<String> problems = new ArrayList<>();
    Map<String, NodeId> addresses = new LinkedHashMap<>();
    for (Member member : list.members()) {
      if (member.role() != MemberRole.VOTER) {
        problems.add(
            "member '"
                + member.id()
                + "' is a "
                + member.role()
                + ": a group is founded by voters only; add others when it runs");
      }
      if (member.incarnation() != null) {
        problems.add(
            "member '"
                + member.id()
                + "' has an incarnation: the founding names it, leave it out of the list");
      }
      String problem = Address.problem(member.address());
      if (problem != null) {
        problems.add("address '" + member.address() + "' of '" + member.id() + "' " + problem);
      }
      NodeId other = addresses.putIfAbsent(member.address(), member.id());
      if (other != null) {
        problems.add(
            "members '"
                + other
                + "' and '"
                + member.id()
                + "' have one address, '"
                + member.address()
                + "': give each node its own");
      }
    }
    if (list.member(self) == null) {
      problems.add(
          "the list "
              + list.members().stream().map(Member::id).toList()
              + " does not name this node, '"
              + self
              + "': give every initial member the same list, itself included");
    }
    return List.copyOf(problems);
  }
}
