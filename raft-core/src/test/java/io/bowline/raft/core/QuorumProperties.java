package io.bowline.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.GroupSettings;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.MemberRole;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Quorums against an oracle that counts heads, over single and joint memberships. */
class QuorumProperties {
  /** A membership, and of each member a match index and a vote. */
  private static final class Case {
    private final Membership membership;
    private final long[] values;
    private final byte[] votes;

    Case(Membership membership, long[] values, byte[] votes) {
      this.membership = membership;
      this.values = values;
      this.votes = votes;
    }

    @Override
    public String toString() {
      return membership + " " + Arrays.toString(values) + " " + Arrays.toString(votes);
    }
  }

  @Provide
  Arbitrary<Case> cases() {
    Arbitrary<List<MemberRole>> single =
        Arbitraries.of(MemberRole.VOTER, MemberRole.LEARNER).list().ofMinSize(1).ofMaxSize(9);
    Arbitrary<List<MemberRole>> joint =
        Arbitraries.of(MemberRole.values()).list().ofMinSize(1).ofMaxSize(9);
    Arbitrary<List<MemberRole>> roles =
        Arbitraries.oneOf(single, joint)
            .filter(all -> all.stream().anyMatch(MemberRole::votesIncoming));
    return roles.flatMap(
        all ->
            Combinators.combine(
                    Arbitraries.longs().between(0, 12).array(long[].class).ofSize(all.size()),
                    Arbitraries.bytes()
                        .between((byte) 0, (byte) 2)
                        .array(byte[].class)
                        .ofSize(all.size()))
                .as((values, votes) -> new Case(membership(all), values, votes)));
  }

  private static Membership membership(List<MemberRole> roles) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < roles.size(); i++) {
      members.add(new Member(NodeId.of("n" + i), null, "", roles.get(i), 0, 1));
    }
    return new Membership(members, GroupSettings.defaults());
  }

  /** Whether more than half of a set do; the oracle. */
  private static boolean majority(Case c, Predicate<MemberRole> inSet, LongPredicate does) {
    int voters = 0;
    int doing = 0;
    for (int i = 0; i < c.values.length; i++) {
      if (inSet.test(c.membership.members().get(i).role())) {
        voters++;
        doing += does.test(i) ? 1 : 0;
      }
    }
    return 2 * doing > voters || voters == 0;
  }

  private static boolean quorum(Case c, LongPredicate does) {
    boolean joint = c.membership.isJoint();
    return majority(c, MemberRole::votesIncoming, does)
        && (!joint || majority(c, MemberRole::votesOutgoing, does));
  }

  @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
  void agreedIndexIsHeldByAQuorumAndTheNextOneIsNot(@ForAll("cases") Case c) {
    long agreed = Quorum.agreedIndex(c.membership, c.values);

    assertThat(quorum(c, i -> c.values[(int) i] >= agreed)).isTrue();
    assertThat(quorum(c, i -> c.values[(int) i] >= agreed + 1)).isFalse();
  }

  @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
  void electionIsWonByAQuorumAndLostWhenNoneIsLeft(@ForAll("cases") Case c) {
    boolean won = quorum(c, i -> c.votes[(int) i] == Quorum.YES);
    boolean winnable = quorum(c, i -> c.votes[(int) i] != Quorum.NO);

    Quorum.Verdict verdict = Quorum.vote(c.membership, c.votes);

    assertThat(verdict == Quorum.Verdict.WON).isEqualTo(won);
    assertThat(verdict == Quorum.Verdict.LOST).isEqualTo(!winnable);
  }

  @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
  void twoQuorumsMeet(@ForAll("cases") Case c) {
    boolean yes = quorum(c, i -> c.votes[(int) i] == Quorum.YES);
    boolean no = quorum(c, i -> c.votes[(int) i] == Quorum.NO);

    assertThat(yes && no).isFalse();
  }
}
