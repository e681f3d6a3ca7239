package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.MemberRole;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import io.bowline.raft.model.TermRun;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  private static final NodeId N1 = NodeId.of("n1");
  private final RecordCodec<Message> messages = RecordCodec.of(Message.class);

  @Test
  void eachMessageComesBackAsItWas() {
    List<Message> samples =
        List.of(
            new Message.PreVote(N1, 7, new EntryId(41, 6)),
            new Message.PreVoteReply(N1, 7, true),
            new Message.RequestVote(N1, 8, EntryId.ZERO, false),
            new Message.VoteReply(N1, 8, false),
            new Message.AppendReply(
                N1, 8, 3, false, 12, 99, List.of(new TermRun(5, 3, 9), new TermRun(2, 1, 2))),
            new Message.Heartbeat(N1, Long.MAX_VALUE, 3, 17, 5, 0),
            new Message.HeartbeatReply(N1, 8, 3, 17));

    for (Message sample : samples) {
      assertThat(messages.decode(messages.encode(sample))).isEqualTo(sample);
    }
  }

  @Test
  void entriesTravelAsTheirFrames() {
    EntryBatch batch =
        EntryBatch.builder(new EntryId(41, 7), 2, 5, 1_000)
            .add(EntryType.COMMAND, "hello".getBytes(StandardCharsets.UTF_8))
            .add(EntryType.NO_OP, new byte[0])
            .build();

    byte[] bytes =
        messages.encode(new Message.AppendEntries(N1, 7, 1, new EntryId(40, 6), batch, 40));
    EntryBatch back = ((Message.AppendEntries) messages.decode(bytes)).entries();

    assertThat(back.slice(0)).isEqualTo(batch.slice(0));
    assertThat(back.last()).isEqualTo(new EntryId(42, 7));
  }

  @Test
  void aDamagedFrameIsRefused() {
    EntryBatch batch =
        EntryBatch.builder(new EntryId(1, 1), 1, 3, 0)
            .add(EntryType.COMMAND, new byte[] {1, 2, 3})
            .build();
    byte[] bytes = messages.encode(new Message.AppendEntries(N1, 1, 1, EntryId.ZERO, batch, 0));

    bytes[bytes.length - 10] ^= 1; // the last eight are the commit index

    assertThatThrownBy(() -> messages.decode(bytes)).hasMessageContaining("checksum");
  }

  @Test
  void whatClientsSayComesBackAsItWas() {
    GroupId group = GroupId.of("g");
    SessionHeader header = new SessionHeader(9, new SessionKey(-1, 5), 3, 2);
    Payload payload = Payload.of(new byte[] {4, 5});
    RecordCodec<ClientRequest> requests = RecordCodec.of(ClientRequest.class);
    RecordCodec<ClientReply> replies = RecordCodec.of(ClientReply.class);

    for (ClientRequest sample :
        List.of(
            new ClientRequest.Greet(5, group, 5, null),
            new ClientRequest.Greet(6, group, 5, new FoundingId(-3, 4)),
            new ClientRequest.OpenSession(1, group, 5, new SessionKey(-1, 5)),
            new ClientRequest.CloseSession(2, group, 5, header),
            new ClientRequest.Command(3, group, 5, header, payload),
            new ClientRequest.Query(4, group, 5, Payload.EMPTY))) {
      assertThat(requests.decode(requests.encode(sample))).isEqualTo(sample);
    }
    for (ClientReply sample :
        List.of(
            new ClientReply.Founded(5, new FoundingId(-3, 4)),
            new ClientReply.Done(1, 77, payload),
            new ClientReply.Refused(2, new Refusal.NotLeader(), null, null),
            new ClientReply.Refused(3, new Refusal.Overloaded("reads", 5, 6), N1, "n1:7"),
            new ClientReply.Unknown(4, "the deadline passed"))) {
      assertThat(replies.decode(replies.encode(sample))).isEqualTo(sample);
    }
  }

  @Test
  void listsEnumsAndAbsentComponentsComeBackAsTheyWere() {
    RecordCodec<Membership> memberships = RecordCodec.of(Membership.class);
    Membership sample =
        Membership.of(
            Member.voter(N1, "n1:1").named(new Incarnation(1, -2)),
            new Member(NodeId.of("n2"), null, "n2:1", MemberRole.LEARNER, 3, 1));

    assertThat(memberships.decode(memberships.encode(sample))).isEqualTo(sample);
  }

  record Strange(BigInteger number) {}

  @Test
  void aComponentWithoutAFormIsNamed() {
    assertThatThrownBy(() -> RecordCodec.of(Strange.class))
        .hasMessageContaining("java.math.BigInteger has no form");
  }

  @Test
  void bytesThatAreTooManyOrTooFewAreRefused() {
    byte[] bytes = messages.encode(new Message.VoteReply(N1, 8, false));
    byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + 1);
    byte[] shorter = java.util.Arrays.copyOf(bytes, bytes.length - 1);

    assertThatThrownBy(() -> messages.decode(longer)).hasMessageContaining("left");
    assertThatThrownBy(() -> messages.decode(shorter)).hasMessageContaining("announced");
  }
}
