package io.bowline.raft.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.core.CoreStatus;
import io.bowline.raft.core.Effect;
import io.bowline.raft.core.Input;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordTextTest {
  private static final NodeId N1 = NodeId.of("n1");
  private static final Incarnation DRAWN = new Incarnation(0x123456789abcdef0L, 15);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "VoteReply from=n1 term=4 granted=true",
        "RequestVote from=n1 term=4 last=7@3 transfer=false",
        "AppendReply from=n2 term=9 session=3 matched=false matchIndex=7 lastIndex=5"
            + " runs=[5@4 1@2..4@2]",
        "Heartbeat from=n1 term=2 session=1 round=12 commit=5 leaseNanos=0",
        "AppendEntries from=n1 term=3 session=1 prev=2@2 entries=[] commit=2",
        "AppendEntries from=n1 term=3 session=1 prev=2@2 entries=3@2..4@2+5@3 commit=2",
        "AppendEntries from=n1 term=3 session=1 prev=0@0 entries=1@1..2@1:{n1#a n2}+3@1..4@1"
            + " commit=2",
      })
  void messageIsReadAsItIsWritten(String line) {
    assertThat(RecordText.write(RecordText.read(line, Message.class))).isEqualTo(line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Receive message=VoteReply{from=n1 term=4 granted=true} sender=a ticket=0",
        "Connected peer=n2#123456789abcdef0000000000000000f",
        "Applied index=7 time=7001ms",
        "DiskSpace available=true",
        "Wake",
      })
  void inputIsReadAsItIsWritten(String line) {
    assertThat(RecordText.write(RecordText.read(line, Input.class))).isEqualTo(line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SaveBallot write=1 term=2 votedFor=none",
        "WakeAt deadlineNanos=1500ms",
        "WakeAt deadlineNanos=1500001",
        "RoleChanged role=leader term=2 leader=n1",
        "Refuse ticket=4 refusal=NotLeader",
        "Refuse ticket=4 refusal=Overloaded{limit='it\\'s \\\\ full' allowed=10 now=11}",
        "AppendOwn write=1 id=3@2 membership=none replicatedTime=0",
        "MembershipChanged index=3 membership={n1#a!5^2/host:9001 n2:learner n3:leaving#b"
            + " | GroupSettings{sessionLifetimeNanos=1000ms maxSessions=1 maxRepliesPerSession=2"
            + " maxReplyBytes=3 leaseBoundNanos=0 featureLevel=1}}",
      })
  void effectIsReadAsItIsWritten(String line) {
    assertThat(RecordText.write(RecordText.read(line, Effect.class))).isEqualTo(line);
  }

  @Test
  void whatIsLeftOutIsNothing() {
    Message read = RecordText.read("AppendReply from=n1 term=2", Message.class);

    assertThat(read).isEqualTo(new Message.AppendReply(N1, 2, 0, false, 0, 0, List.of()));
  }

  @Test
  void timesHaveUnits() {
    Effect.WakeAt read = RecordText.read("WakeAt deadlineNanos=2s", Effect.WakeAt.class);

    assertThat(read.deadlineNanos()).isEqualTo(2_000_000_000L);
  }

  @Test
  void bytesAreHex() {
    ClientRequest asked =
        new ClientRequest.Query(1, GroupId.of("g"), 2_000_000, Payload.of(new byte[] {0, -1, 16}));

    String line = RecordText.write(asked);

    assertThat(line).isEqualTo("Query id=1 group=g timeoutNanos=2ms query=0x00ff10");
    assertThat(RecordText.read(line, ClientRequest.class)).isEqualTo(asked);
  }

  @Test
  void anyOtherRecordIsWrittenToo() {
    Membership members = Membership.of(Member.voter(N1, "").named(DRAWN));
    CoreStatus status =
        new CoreStatus(
            N1, NodeRole.FOLLOWER, 1, null, null, EntryId.ZERO, 0, 0, null, members, List.of());

    String line = RecordText.write(status);

    assertThat(line).contains("effective={n1#" + DRAWN + "}").contains("role=follower");
    assertThat(RecordText.read(line, CoreStatus.class)).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Vote from=n1",
        "VoteReply form=n1",
        "VoteReply from",
        "VoteReply from=n1 term=x",
        "VoteReply from=n1 term=3y",
        "VoteReply from=n1 }",
        "RequestVote last=3",
        "AppendReply runs=[1@1..2@2]",
      })
  void whatMakesNoSenseIsRefusedWithThePlace(String line) {
    assertThatThrownBy(() -> RecordText.read(line, Message.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(" of: " + line);
  }
}
