package io.bowline.raft.founding;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.GroupSettings;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.MemberRole;
import io.bowline.raft.model.Membership;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InitialListTest {
  private static Member member(int node, String address, MemberRole role) {
    return new Member(Lines.id(node), null, address, role, 0, Membership.FEATURE_LEVEL);
  }

  private static List<String> problems(Member... members) {
    return InitialList.problems(Membership.of(members), Lines.id(1));
  }

  @Test
  void listOfVotersWithAddressesOfTheirOwnIsRight() {
    assertThat(InitialList.problems(Lines.list(5), Lines.id(3))).isEmpty();
  }

  @Test
  void everyRoleButVoterIsAProblem() {
    for (MemberRole role : MemberRole.values()) {
      List<String> found = problems(member(1, "a:1", MemberRole.VOTER), member(2, "b:1", role));

      assertThat(found).hasSize(role == MemberRole.VOTER ? 0 : 1).allMatch(p -> p.contains("n2"));
    }
  }

  @Test
  void allProblemsAreToldAtOnce() {
    List<Member> members = new ArrayList<>();
    members.add(member(2, "a:1", MemberRole.VOTER));
    members.add(member(3, "a:1", MemberRole.LEARNER));
    members.add(member(4, "b:1", MemberRole.VOTER).named(Lines.directory(4, 1)));

    assertThat(InitialList.problems(new Membership(members, GroupSettings.defaults()), Lines.id(1)))
        .hasSize(4)
        .anyMatch(p -> p.contains("'n2' and 'n3' have one address, 'a:1'"))
        .anyMatch(p -> p.contains("does not name this node, 'n1'"))
        .anyMatch(p -> p.contains("LEARNER"))
        .anyMatch(p -> p.contains("has an incarnation"));
  }
}
