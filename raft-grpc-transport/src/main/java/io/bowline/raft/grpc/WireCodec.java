package io.bowline.raft.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import io.bowline.raft.grpc.proto.PeerBatch;
import io.bowline.raft.grpc.proto.PeerPacket;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Payload;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupWord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packets to one gRPC message and back, in the form of {@code PeerBatch}. Entries pass uncopied: on
 * the way out each array goes straight into gRPC's buffer, on the way in the batch is a slice of
 * the array that came.
 */
final class WireCodec {
  /** What a packet may take beside the frames in it. */
  private static final int HEADER_BYTES = 128;

  private static final int HELLO_BYTES = 1024;
  private static final int RUN_BYTES = 33;
  private static final int PACKET_TAG =
      tag(PeerBatch.PACKETS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);

  private WireCodec() {}

  static int tag(int field, int wireType) {
    return (field << 3) | wireType;
  }

  /** About what a packet takes on the wire and in memory, and never less than on the wire. */
  static long byteLength(Packet packet) {
    if (packet instanceof Packet.Raft raft) {
      if (raft.message() instanceof Message.AppendEntries append) {
        return HEADER_BYTES + append.entries().byteLength();
      }
      if (raft.message() instanceof Message.AppendReply reply) {
        return HEADER_BYTES + (long) RUN_BYTES * reply.runs().size();
      }
      return HEADER_BYTES;
    }
    if (packet instanceof Packet.Said said) {
      return HELLO_BYTES + recordBytes(said.word());
    }
    return packet instanceof Packet.Refused refused
        ? HELLO_BYTES + 3L * refused.reason().length()
        : HELLO_BYTES;
  }

  private static long recordBytes(GroupWord word) {
    DirectoryState self =
        word instanceof GroupWord.Hello hello
            ? hello.self()
            : word instanceof GroupWord.Answer answer ? answer.self() : null;
    if (self == null) {
      return 0;
    }
    Membership record = self.founding().record();
    return 3L * self.address().length() + (record == null ? 0 : record.encode().length);
  }

  /** The packets as one message; encoded when gRPC takes it. */
  static Outgoing encode(List<Packet> packets) {
    List<Part> parts = new ArrayList<>(packets.size());
    long total = 0;
    for (Packet packet : packets) {
      Part part =
          packet instanceof Packet.Raft raft
                  && raft.message() instanceof Message.AppendEntries append
              ? new AppendCodec(raft.group(), append)
              : new ProtoPart(PacketCodec.encode(packet));
      parts.add(part);
      total +=
          CodedOutputStream.computeTagSize(PeerBatch.PACKETS_FIELD_NUMBER)
              + CodedOutputStream.computeUInt32SizeNoTag(part.byteLength())
              + part.byteLength();
    }
    return new Batch(Math.toIntExact(total), parts);
  }

  /**
   * Reads what {@link #encode} wrote; the array belongs to the packets afterwards.
   *
   * @param from who is at the other end, as its hello said; {@code null} before it
   * @throws IOException if it is no such message, or a Raft message comes before the hello
   */
  static List<Packet> decode(byte[] bytes, @Nullable NodeId from) throws IOException {
    List<Packet> packets = new ArrayList<>(1);
    int count = 0;
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag != PACKET_TAG) {
        in.skipField(tag);
        continue;
      }
      Bounds.atMost("packets of one message", ++count, Bounds.ITEMS);
      int length = in.readRawVarint32();
      int start = in.getTotalBytesRead();
      in.skipRawBytes(length);
      Packet packet = packet(bytes, start, length, from);
      if (packet != null) {
        packets.add(packet);
      }
    }
    return packets;
  }

  /** By the tag of its body it is known before anything is made of it how much it may take. */
  private static @Nullable Packet packet(byte[] bytes, int start, int length, @Nullable NodeId from)
      throws IOException {
    int body = body(bytes, start, length);
    if (body == PeerPacket.APPEND_ENTRIES_FIELD_NUMBER) {
      sender(from);
      return AppendCodec.decode(bytes, start, length, from);
    }
    boolean isOfHandshake =
        body == PeerPacket.NODE_HELLO_FIELD_NUMBER
            || body == PeerPacket.REFUSED_FIELD_NUMBER
            || body >= PeerPacket.GROUP_HELLO_FIELD_NUMBER;
    Bounds.atMost(
        "bytes of a packet", length, isOfHandshake ? Bounds.WORD_BYTES : Bounds.MESSAGE_BYTES);
    return PacketCodec.decode(PeerPacket.parser().parseFrom(bytes, start, length), from);
  }

  /** The number of the packet's body; 0 if it has none. */
  private static int body(byte[] bytes, int start, int length) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes, start, length);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      if (field != PeerPacket.GROUP_FIELD_NUMBER && field != PeerPacket.TERM_FIELD_NUMBER) {
        return field;
      }
      in.skipField(tag);
    }
    return 0;
  }

  /** The sender's name, which no message carries: it was said in the hello. */
  static NodeId sender(@Nullable NodeId from) throws IOException {
    if (from == null) {
      throw new IOException("a Raft message came before the hello");
    }
    return from;
  }

  /** What a field of bytes takes. */
  static int length(int field, Payload payload) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt32SizeNoTag(payload.length())
        + payload.length();
  }

  static void write(CodedOutputStream out, int field, Payload payload) throws IOException {
    payload.writeTo((bytes, offset, length) -> out.writeByteArray(field, bytes, offset, length));
  }

  /** A field of bytes in the array that is being read: it stays where it is. */
  static Payload payload(CodedInputStream in, byte[] bytes) throws IOException {
    int length = in.readRawVarint32();
    int start = in.getTotalBytesRead();
    in.skipRawBytes(length);
    return Payload.of(bytes, start, length);
  }

  /** One packet, its length known. */
  interface Part {
    int byteLength();

    void writeTo(CodedOutputStream out) throws IOException;
  }

  private record ProtoPart(MessageLite message) implements Part {
    @Override
    public int byteLength() {
      return message.getSerializedSize();
    }

    @Override
    public void writeTo(CodedOutputStream out) throws IOException {
      message.writeTo(out);
    }
  }

  private static final class Batch extends Outgoing {
    private final List<Part> parts;

    Batch(int byteLength, List<Part> parts) {
      super(byteLength);
      this.parts = parts;
    }

    @Override
    void encode(CodedOutputStream out) throws IOException {
      for (Part part : parts) {
        out.writeTag(PeerBatch.PACKETS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(part.byteLength());
        part.writeTo(out);
      }
    }
  }
}
