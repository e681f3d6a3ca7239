package io.bowline.raft.grpc;

import static io.bowline.raft.grpc.Bounds.number;
import static io.bowline.raft.grpc.WireCodec.tag;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.bowline.raft.grpc.proto.AppendEntries;
import io.bowline.raft.grpc.proto.PeerPacket;
import io.bowline.raft.model.CorruptFrameException;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One {@code PeerPacket} that holds AppendEntries, written and read by hand in protobuf's form: a
 * header of varints, then the frames as they are. {@code group}, {@code term}, then the body, in
 * this order; {@link WireCodec} relies on it.
 */
final class AppendCodec implements WireCodec.Part {
  private static final int GROUP_TAG =
      tag(PeerPacket.GROUP_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
  private static final int APPEND_TAG =
      tag(PeerPacket.APPEND_ENTRIES_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int FRAMES_TAG =
      tag(AppendEntries.FRAMES_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);

  private final int group;
  private final Message.AppendEntries append;
  private final int bodyLength;
  private final int byteLength;

  AppendCodec(int group, Message.AppendEntries append) {
    this.group = group;
    this.append = append;
    int frames = Math.toIntExact(append.entries().byteLength());
    this.bodyLength =
        CodedOutputStream.computeUInt32Size(AppendEntries.SESSION_FIELD_NUMBER, append.session())
            + CodedOutputStream.computeUInt64Size(
                AppendEntries.PREV_INDEX_FIELD_NUMBER, append.prev().index())
            + CodedOutputStream.computeUInt64Size(
                AppendEntries.PREV_TERM_FIELD_NUMBER, append.prev().term())
            + CodedOutputStream.computeUInt64Size(
                AppendEntries.COMMIT_FIELD_NUMBER, append.commit())
            + CodedOutputStream.computeTagSize(AppendEntries.FRAMES_FIELD_NUMBER)
            + CodedOutputStream.computeUInt32SizeNoTag(frames)
            + frames;
    this.byteLength =
        CodedOutputStream.computeUInt32Size(PeerPacket.GROUP_FIELD_NUMBER, group)
            + CodedOutputStream.computeUInt64Size(PeerPacket.TERM_FIELD_NUMBER, append.term())
            + CodedOutputStream.computeTagSize(PeerPacket.APPEND_ENTRIES_FIELD_NUMBER)
            + CodedOutputStream.computeUInt32SizeNoTag(bodyLength)
            + bodyLength;
  }

  @Override
  public int byteLength() {
    return byteLength;
  }

  @Override
  public void writeTo(CodedOutputStream out) throws IOException {
    out.writeUInt32(PeerPacket.GROUP_FIELD_NUMBER, group);
    out.writeUInt64(PeerPacket.TERM_FIELD_NUMBER, append.term());
    out.writeUInt32NoTag(APPEND_TAG);
    out.writeUInt32NoTag(bodyLength);
    out.writeUInt32(AppendEntries.SESSION_FIELD_NUMBER, append.session());
    out.writeUInt64(AppendEntries.PREV_INDEX_FIELD_NUMBER, append.prev().index());
    out.writeUInt64(AppendEntries.PREV_TERM_FIELD_NUMBER, append.prev().term());
    out.writeUInt64(AppendEntries.COMMIT_FIELD_NUMBER, append.commit());
    out.writeUInt32NoTag(FRAMES_TAG);
    out.writeUInt32NoTag((int) append.entries().byteLength());
    append.entries().writeTo((bytes, offset, length) -> out.write(bytes, offset, length));
  }

  /** Reads it; the frames stay where they are. */
  static Packet decode(byte[] bytes, int offset, int length, @Nullable NodeId from)
      throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes, offset, length);
    int group = 0;
    long term = 0;
    int session = 0;
    long prevIndex = 0;
    long prevTerm = 0;
    long commit = 0;
    EntryBatch entries = EntryBatch.EMPTY;
    int tag = in.readTag();
    while (tag != APPEND_TAG) {
      if (tag == GROUP_TAG) {
        group = in.readUInt32();
      } else {
        term = number("term", in.readUInt64());
      }
      tag = in.readTag();
    }
    int limit = in.pushLimit(in.readRawVarint32());
    for (tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case AppendEntries.SESSION_FIELD_NUMBER ->
            session = Bounds.small("session", in.readUInt32());
        case AppendEntries.PREV_INDEX_FIELD_NUMBER ->
            prevIndex = number("prev_index", in.readUInt64());
        case AppendEntries.PREV_TERM_FIELD_NUMBER ->
            prevTerm = number("prev_term", in.readUInt64());
        case AppendEntries.COMMIT_FIELD_NUMBER -> commit = number("commit", in.readUInt64());
        case AppendEntries.FRAMES_FIELD_NUMBER -> {
          int frames = in.readRawVarint32();
          int start = offset + in.getTotalBytesRead();
          in.skipRawBytes(frames);
          entries = batch(bytes, start, start + frames);
        }
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    EntryId prev = new EntryId(prevIndex, prevTerm);
    requirePlausible(term, prev, entries);
    return new Packet.Raft(
        group,
        new Message.AppendEntries(WireCodec.sender(from), term, session, prev, entries, commit));
  }

  private static EntryBatch batch(byte[] bytes, int from, int to) throws IOException {
    try {
      return EntryBatch.decode(bytes, from, to);
    } catch (CorruptFrameException | IllegalArgumentException e) {
      throw new IOException("the frames of an AppendEntries are damaged: " + Bounds.text(e), e);
    }
  }

  /** What the frames say of themselves, beside their checksums and their order among each other. */
  private static void requirePlausible(long term, EntryId prev, EntryBatch entries)
      throws IOException {
    Bounds.atMost("prev_term", prev.term(), term);
    if (entries.isEmpty()) {
      return;
    }
    long first = Bounds.ordinal("index of the first frame", entries.firstIndex());
    number("index of the last frame", first + (entries.count() - 1));
    Bounds.ordinal("term of the first frame", entries.termAt(first));
    Bounds.atMost("term of the last frame", entries.last().term(), term);
    EntryBatch.Cursor frame = entries.cursor();
    if (frame.next()) {
      number("time of the first frame", frame.time());
    }
    number("time of the last frame", entries.lastTime());
  }
}
