package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.bowline.raft.grpc.proto.AppendReply;
import io.bowline.raft.grpc.proto.ClientBatch;
import io.bowline.raft.grpc.proto.ClientRequest;
import io.bowline.raft.grpc.proto.GroupHello;
import io.bowline.raft.grpc.proto.Heartbeat;
import io.bowline.raft.grpc.proto.NodeHello;
import io.bowline.raft.grpc.proto.PeerBatch;
import io.bowline.raft.grpc.proto.PeerPacket;
import io.bowline.raft.grpc.proto.PreVote;
import io.bowline.raft.grpc.proto.Refused;
import io.bowline.raft.grpc.proto.ReplyBatch;
import io.bowline.raft.grpc.proto.TermRun;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What comes from outside is refused in the decoder, which names the field. */
class BoundsTest {
  private static final NodeId N1 = NodeId.of("n1");
  private static final Path GOLDEN = Path.of("src/test/resources/golden/wire-2.txt");

  private static byte[] batch(PeerPacket packet) {
    return PeerBatch.newBuilder().addPackets(packet).build().toByteArray();
  }

  private static void decode(PeerPacket packet) throws IOException {
    WireCodec.decode(batch(packet), N1);
  }

  /** Every number of every message that has one, at the bounds. */
  @Test
  void everyNumberIsBounded() throws IOException {
    int refused = 0;
    for (String line : Files.readAllLines(GOLDEN)) {
      String name = line.substring(0, line.indexOf(':'));
      byte[] bytes = HexFormat.of().parseHex(line.substring(name.length() + 2));
      Message whole =
          name.startsWith("ClientBatch")
              ? ClientBatch.parseFrom(bytes)
              : name.startsWith("ReplyBatch")
                  ? ReplyBatch.parseFrom(bytes)
                  : PeerBatch.parseFrom(bytes);
      for (Message bent : bend(whole)) {
        assertThatThrownBy(() -> decode(bent)).as("%s", bent).isInstanceOf(IOException.class);
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(60);
  }

  private static void decode(Message message) throws IOException {
    if (message instanceof ClientBatch) {
      ClientCodec.decode(message.toByteArray());
    } else if (message instanceof ReplyBatch) {
      ReplyCodec.decode(message.toByteArray());
    } else {
      WireCodec.decode(message.toByteArray(), N1);
    }
  }

  /** Each copy of it in which one number is over the bound. */
  private static List<Message> bend(Message whole) {
    List<Message> bent = new ArrayList<>();
    for (FieldDescriptor field : whole.getDescriptorForType().getFields()) {
      if (field.isRepeated()) {
        for (int i = 0; i < whole.getRepeatedFieldCount(field); i++) {
          int at = i;
          if (whole.getRepeatedField(field, i) instanceof Message part) {
            bend(part)
                .forEach(p -> bent.add(whole.toBuilder().setRepeatedField(field, at, p).build()));
          }
        }
      } else if (field.getType() == FieldDescriptor.Type.MESSAGE) {
        if (whole.hasField(field)) {
          bend((Message) whole.getField(field))
              .forEach(p -> bent.add(whole.toBuilder().setField(field, p).build()));
        }
      } else if (field.getType() == FieldDescriptor.Type.UINT64
          && (!field.hasPresence() || whole.hasField(field))) {
        for (long value : new long[] {1L << 62, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
          if (isLookedAt(whole)) {
            bent.add(whole.toBuilder().setField(field, value).build());
          }
        }
      }
    }
    return bent;
  }

  /** The packet of a word has no term that anybody reads. */
  private static boolean isLookedAt(Message whole) {
    return !(whole instanceof PeerPacket packet) || packet.getTerm() != 0;
  }

  @Test
  void theLargestNumberIsTaken() throws IOException {
    long most = (1L << 62) - 1;
    PeerPacket packet =
        PeerPacket.newBuilder()
            .setTerm(most)
            .setHeartbeat(Heartbeat.newBuilder().setRound(most).setCommit(most))
            .build();

    decode(packet);
  }

  @Test
  void aFailureNamesTheField() {
    PeerPacket packet =
        PeerPacket.newBuilder().setHeartbeat(Heartbeat.newBuilder().setRound(-1)).build();

    assertThatThrownBy(() -> decode(packet))
        .isInstanceOf(IOException.class)
        .hasMessage("round=18446744073709551615 is not below 2^62");
  }

  @Test
  void packetsRunsAndRequestsAreCounted() {
    PeerBatch.Builder packets = PeerBatch.newBuilder();
    ClientBatch.Builder requests = ClientBatch.newBuilder();
    AppendReply.Builder runs = AppendReply.newBuilder();
    for (int i = 0; i <= 4_096; i++) {
      packets.addPackets(PeerPacket.newBuilder().setPreVote(PreVote.getDefaultInstance()));
      requests.addRequests(ClientRequest.newBuilder().setGroup("g").setOpenSession(true));
    }
    for (int i = 0; i <= 64; i++) {
      runs.addRuns(TermRun.getDefaultInstance());
    }
    PeerPacket reply = PeerPacket.newBuilder().setAppendReply(runs).build();

    assertThatThrownBy(() -> WireCodec.decode(packets.build().toByteArray(), N1))
        .hasMessage("packets of one message=4097 is over the limit of 4096");
    assertThatThrownBy(() -> ClientCodec.decode(requests.build().toByteArray()))
        .hasMessage("requests of one message=4097 is over the limit of 4096");
    assertThatThrownBy(() -> decode(reply)).hasMessage("runs=65 is over the limit of 64");
  }

  /** A message of empty runs is two bytes each on the wire and forty in memory. */
  @Test
  void whatAPacketMayTakeIsKnownBeforeItIsRead() {
    AppendReply.Builder runs = AppendReply.newBuilder();
    for (int i = 0; i <= 8_192; i++) {
      runs.addRuns(TermRun.getDefaultInstance());
    }
    PeerPacket reply = PeerPacket.newBuilder().setAppendReply(runs).build();

    assertThatThrownBy(() -> decode(reply)).hasMessageContaining("bytes of a packet");
  }

  @Test
  void aRaftMessageBeforeTheHelloIsNotEvenRead() {
    byte[] early = batch(PeerPacket.newBuilder().setPreVote(PreVote.getDefaultInstance()).build());

    assertThatThrownBy(() -> WireCodec.decode(early, null))
        .hasMessageContaining("came before the hello");
  }

  @Test
  void namesAndReasonsAreCutBeforeTheyAreQuoted() throws IOException {
    String flood = "x\n".repeat(1_000_000).substring(0, 100_000);
    PeerPacket hello =
        PeerPacket.newBuilder().setNodeHello(NodeHello.newBuilder().setNode(flood)).build();
    PeerPacket refused =
        PeerPacket.newBuilder().setRefused(Refused.newBuilder().setReason(flood)).build();

    assertThatThrownBy(() -> decode(hello))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200).doesNotContain("\n"));
    if (WireCodec.decode(batch(refused), N1).get(0) instanceof Packet.Refused read) {
      assertThat(read.reason()).hasSizeLessThan(600).doesNotContain("\n");
    } else {
      fail("no refusal");
    }
  }

  @Test
  void aFoundingRecordThatCannotBeReadEndsTheStream() {
    for (int bytes = 1; bytes < 40; bytes++) {
      GroupHello.Builder hello = GroupHello.newBuilder().setGroup("g").setNumber(1);
      hello.getSelfBuilder().setFounding(1).setRecord(ByteString.copyFrom(new byte[bytes]));
      hello.getSelfBuilder().getStartBuilder().setCounter(1);
      PeerPacket packet = PeerPacket.newBuilder().setGroup(1).setGroupHello(hello).build();

      assertThatThrownBy(() -> decode(packet)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void entriesOfALaterTermThanTheirMessageAreRefused() {
    Packet late =
        new Packet.Raft(
            1,
            new io.bowline.raft.model.Message.AppendEntries(
                N1, 4, 1, EntryId.ZERO, TestHost.entries(1, 5, 1, 10), 0));
    byte[] bytes = WireRoundTripProperties.drained(WireCodec.encode(List.of(late)));

    assertThatThrownBy(() -> WireCodec.decode(bytes, N1))
        .hasMessage("term of the last frame=5 is over the limit of 4");
  }
}
