package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.grpc.proto.ClientBatch;
import io.bowline.raft.grpc.proto.PeerBatch;
import io.bowline.raft.grpc.proto.ReplyBatch;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What was written is what is read, in our hand-written form and in generated code's alike. */
class WireRoundTripProperties {
  @Provide
  Arbitrary<List<Packet>> packets() {
    return AnyRecord.of(Packet.class).list().ofMinSize(1).ofMaxSize(4);
  }

  @Provide
  Arbitrary<Message> messages() {
    return AnyRecord.of(Message.class);
  }

  @Provide
  Arbitrary<List<ClientRequest>> requests() {
    return AnyRecord.of(ClientRequest.class).list().ofMaxSize(10);
  }

  @Provide
  Arbitrary<List<ClientReply>> replies() {
    return Arbitraries.oneOf(AnyRecord.of(ClientReply.class)).list().ofMaxSize(10);
  }

  @Property(tries = 300)
  void packetsComeBackAsTheyWere(@ForAll("packets") List<Packet> packets) throws IOException {
    byte[] bytes = drained(WireCodec.encode(packets));

    // Who speaks is said by the connection, not by each message.
    for (int i = 0; i < packets.size(); i++) {
      NodeId from =
          packets.get(i) instanceof Packet.Raft raft ? raft.message().from() : NodeId.of("any");
      Packet read = WireCodec.decode(bytes.clone(), from).get(i);
      assertSame(read, packets.get(i));
    }
  }

  @Property(tries = 500)
  void everyMessageComesBackAsItWas(@ForAll("messages") Message message) throws IOException {
    Packet packet = new Packet.Raft(3, message);
    byte[] bytes = drained(WireCodec.encode(List.of(packet)));

    assertSame(WireCodec.decode(bytes.clone(), message.from()).get(0), packet);
    assertThat((long) bytes.length).isLessThanOrEqualTo(WireCodec.byteLength(packet));
    byte[] generated = PeerBatch.parseFrom(bytes).toByteArray();
    assertSame(WireCodec.decode(generated, message.from()).get(0), packet);
  }

  @Property(tries = 300)
  void everyRequestComesBackAsItWas(@ForAll("requests") List<ClientRequest> requests)
      throws IOException {
    byte[] bytes = drained(ClientCodec.encode(requests));

    assertThat(ClientCodec.decode(bytes).requests()).isEqualTo(requests);
    assertThat((long) bytes.length)
        .isLessThanOrEqualTo(requests.stream().mapToLong(ClientCodec::byteLength).sum());
    byte[] generated = ClientBatch.parseFrom(bytes).toByteArray();
    assertThat(ClientCodec.decode(generated).requests()).isEqualTo(requests);
  }

  @Property(tries = 300)
  void everyReplyComesBackAsItWas(@ForAll("replies") List<ClientReply> replies) throws IOException {
    byte[] bytes = drained(ReplyCodec.encode(replies));

    assertThat(ReplyCodec.decode(bytes).replies()).isEqualTo(replies);
    assertThat((long) bytes.length)
        .isLessThanOrEqualTo(replies.stream().mapToLong(ReplyCodec::byteLength).sum());
    byte[] generated = ReplyBatch.parseFrom(bytes).toByteArray();
    assertThat(ReplyCodec.decode(generated).replies()).isEqualTo(replies);
  }

  @Property(tries = 500)
  void damagedBytesAreRefusedAndNothingElseHappens(
      @ForAll("messages") Message message, @ForAll int at, @ForAll byte with, @ForAll boolean cut) {
    byte[] bytes = drained(WireCodec.encode(List.of(new Packet.Raft(3, message))));
    int place = Math.floorMod(at, bytes.length);
    bytes[place] = with;
    byte[] damaged = cut ? Arrays.copyOf(bytes, place) : bytes;

    try {
      WireCodec.decode(damaged, message.from());
    } catch (IOException refused) {
      assertThat(refused).hasMessageMatching("(?s).+");
    }
  }

  @Property(tries = 100)
  void whoDoesNotDrainReadsTheSameBytes(@ForAll("messages") Message message) throws IOException {
    Packet packet = new Packet.Raft(3, message);
    Outgoing read = WireCodec.encode(List.of(packet));
    int announced = read.available();

    assertThat(read.readAllBytes())
        .hasSize(announced)
        .isEqualTo(drained(WireCodec.encode(List.of(packet))));
    assertThat(read.available()).isZero();
  }

  static byte[] drained(Outgoing outgoing) {
    int announced = outgoing.available();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      assertThat(outgoing.drainTo(out)).isEqualTo(announced);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(out.size()).isEqualTo(announced);
    return out.toByteArray();
  }

  private static void assertSame(Packet read, Packet written) {
    assertThat(read)
        .usingRecursiveComparison()
        .withEqualsForType(
            (a, b) -> Arrays.equals(TestHost.bytes(a), TestHost.bytes(b)), EntryBatch.class)
        .isEqualTo(written);
  }
}
