package io.bowline.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryBatch.MembershipAt;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Identity 13 and 14: who counts follows the membership in force, who was removed the committed.
 */
class MembershipLogTest {
  private static final Peer N1 = ScenarioWorld.peerOf(NodeId.of("n1"));
  private static final Peer N2 = ScenarioWorld.peerOf(NodeId.of("n2"));
  private static final Peer N3 = ScenarioWorld.peerOf(NodeId.of("n3"));

  private static Member member(Peer peer) {
    return Member.voter(peer.id(), "").named(peer.incarnation());
  }

  private static MembershipAt at(long index, Peer... members) {
    Member[] named =
        List.of(members).stream().map(MembershipLogTest::member).toArray(Member[]::new);
    return new MembershipAt(new EntryId(index, 1), Membership.of(named));
  }

  @Test
  void onlyTheDirectoryThatIsNamedCounts() {
    Membership founding = Membership.of(member(N1), member(N2), Member.voter(N3.id(), ""));
    MembershipLog log = new MembershipLog(N1, founding, List.of());

    assertThat(log.counts(N2)).isTrue();
    assertThat(log.counts(new Peer(N2.id(), new Incarnation(0, 9)))).isFalse();
    assertThat(log.counts(new Peer(N3.id(), N2.incarnation()))).isFalse();
    assertThat(log.counts(N3)).as("nobody is named there").isFalse();
  }

  @Test
  void whoWasNamedAndIsNotAnyMoreIsRemovedWhenThatIsCommitted() {
    MembershipLog log = new MembershipLog(N1, at(0, N1, N2, N3).membership(), List.of());
    log.append(at(5, N1, N2));
    log.append(at(7, N1, N3));

    assertThat(log.counts(N2)).isFalse();
    assertThat(log.isRemoved(N3)).isFalse();
    log.committed(4);
    assertThat(log.isRemoved(N3)).isFalse();
    log.committed(6);
    assertThat(log.isRemoved(N3)).isTrue();
    assertThat(log.isRemoved(N2)).isFalse();
    log.truncate(7);
    assertThat(log.counts(N2)).isTrue();
    log.append(at(7, N1));
    log.committed(7);
    assertThat(log.isRemoved(N2)).isTrue();
    assertThat(log.isRemoved(N3)).as("also through a later membership").isTrue();
  }

  @Test
  void anotherDirectoryOfARemovedOnesIdIsNotRemoved() {
    MembershipLog log =
        new MembershipLog(N1, at(0, N1, N2, N3).membership(), List.of(at(1, N1, N2)));
    log.committed(1);

    assertThat(log.isRemoved(N3)).isTrue();
    assertThat(log.isRemoved(new Peer(N3.id(), new Incarnation(0, 9)))).isFalse();
  }
}
