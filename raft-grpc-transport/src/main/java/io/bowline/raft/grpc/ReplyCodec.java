package io.bowline.raft.grpc;

import static io.bowline.raft.grpc.WireCodec.tag;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.bowline.raft.grpc.proto.ClientRefused;
import io.bowline.raft.grpc.proto.OtherFounding;
import io.bowline.raft.grpc.proto.Overloaded;
import io.bowline.raft.grpc.proto.ReplyBatch;
import io.bowline.raft.grpc.proto.ServerHello;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node's answers as {@code ReplyBatch} and back, by hand; only refusals use generated code. */
final class ReplyCodec {
  /** What an answer may take beside its payload or text. */
  private static final int HEADER_BYTES = 64;

  private static final int REPLY_TAG =
      tag(ReplyBatch.REPLIES_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int HELLO_TAG =
      tag(ReplyBatch.HELLO_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);

  private static final int ID = io.bowline.raft.grpc.proto.ClientReply.ID_FIELD_NUMBER;
  private static final int INDEX = io.bowline.raft.grpc.proto.ClientReply.INDEX_FIELD_NUMBER;
  private static final int DONE = io.bowline.raft.grpc.proto.ClientReply.DONE_FIELD_NUMBER;
  private static final int UNKNOWN = io.bowline.raft.grpc.proto.ClientReply.UNKNOWN_FIELD_NUMBER;
  private static final int REFUSED = io.bowline.raft.grpc.proto.ClientReply.REFUSED_FIELD_NUMBER;

  private static final int FOUNDED = io.bowline.raft.grpc.proto.ClientReply.FOUNDED_FIELD_NUMBER;

  /** What came in one message. */
  record Received(@Nullable ServerHello hello, List<ClientReply> replies) {}

  private ReplyCodec() {}

  /** About what an answer takes, and never less. */
  static long byteLength(ClientReply reply) {
    return reply instanceof ClientReply.Done done
        ? (long) HEADER_BYTES + done.reply().length()
        : (long) HEADER_BYTES + length(reply);
  }

  /** The answers as one message; encoded when gRPC takes it. */
  static Outgoing encode(List<ClientReply> replies) {
    int[] lengths = new int[replies.size()];
    long total = 0;
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = length(replies.get(i));
      total +=
          CodedOutputStream.computeUInt32SizeNoTag(REPLY_TAG)
              + CodedOutputStream.computeUInt32SizeNoTag(lengths[i])
              + lengths[i];
    }
    return new Replies(Math.toIntExact(total), replies, lengths);
  }

  private static int length(ClientReply reply) {
    int id = CodedOutputStream.computeUInt64Size(ID, reply.id());
    if (reply instanceof ClientReply.Done done) {
      return id
          + CodedOutputStream.computeUInt64Size(INDEX, done.index())
          + WireCodec.length(DONE, done.reply());
    }
    if (reply instanceof ClientReply.Unknown unknown) {
      return id + CodedOutputStream.computeStringSize(UNKNOWN, unknown.reason());
    }
    if (reply instanceof ClientReply.Refused refused) {
      return id + CodedOutputStream.computeMessageSize(REFUSED, refused(refused));
    }
    if (reply instanceof ClientReply.Founded founded) {
      return id + CodedOutputStream.computeMessageSize(FOUNDED, founding(founded.founding()));
    }
    throw new AssertionError("no form for " + reply);
  }

  static io.bowline.raft.grpc.proto.FoundingId founding(FoundingId id) {
    return io.bowline.raft.grpc.proto.FoundingId.newBuilder()
        .setHigh(id.high())
        .setLow(id.low())
        .build();
  }

  static FoundingId founding(io.bowline.raft.grpc.proto.FoundingId in) {
    return new FoundingId(in.getHigh(), in.getLow());
  }

  private static void write(CodedOutputStream out, ClientReply reply) throws IOException {
    out.writeUInt64(ID, reply.id());
    if (reply instanceof ClientReply.Done done) {
      out.writeUInt64(INDEX, done.index());
      WireCodec.write(out, DONE, done.reply());
    } else if (reply instanceof ClientReply.Unknown unknown) {
      out.writeString(UNKNOWN, unknown.reason());
    } else if (reply instanceof ClientReply.Refused refused) {
      out.writeMessage(REFUSED, refused(refused));
    } else if (reply instanceof ClientReply.Founded founded) {
      out.writeMessage(FOUNDED, founding(founded.founding()));
    }
  }

  private static ClientRefused refused(ClientReply.Refused reply) {
    ClientRefused.Builder out = ClientRefused.newBuilder();
    NodeId leader = reply.leader();
    if (leader != null) {
      out.setLeader(leader.value());
    }
    String address = reply.leaderAddress();
    if (address != null) {
      out.setLeaderAddress(address);
    }
    Refusal refusal = reply.refusal();
    if (refusal instanceof Refusal.Overloaded over) {
      out.setOverloaded(
          Overloaded.newBuilder()
              .setLimit(over.limit())
              .setAllowed(over.allowed())
              .setNow(over.now()));
    } else if (refusal instanceof Refusal.NotLeader) {
      out.setNotLeader(true);
    } else if (refusal instanceof Refusal.Overwritten) {
      out.setOverwritten(true);
    } else if (refusal instanceof Refusal.DiskFull full) {
      out.setDiskFull(full.detail());
    } else if (refusal instanceof Refusal.TimedOut late) {
      out.setTimedOut(late.detail());
    } else if (refusal instanceof Refusal.SessionExpired expired) {
      out.setSessionExpired(expired.session());
    } else if (refusal instanceof Refusal.Closed closed) {
      out.setClosed(closed.detail());
    } else if (refusal instanceof Refusal.Invalid invalid) {
      out.setInvalid(invalid.detail());
    } else if (refusal instanceof Refusal.NotServed not) {
      out.setNotServed(not.detail());
    } else if (refusal instanceof Refusal.NotFounded not) {
      out.setNotFounded(not.detail());
    } else if (refusal instanceof Refusal.OtherFounding other) {
      out.setOtherFounding(
          OtherFounding.newBuilder()
              .setAsked(founding(other.asked()))
              .setHere(founding(other.here())));
    } else {
      throw new AssertionError("no form for " + refusal);
    }
    return out.build();
  }

  /** Reads what {@link #encode} wrote. */
  static Received decode(byte[] bytes) throws IOException {
    ServerHello hello = null;
    List<ClientReply> replies = new ArrayList<>();
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == REPLY_TAG) {
          Bounds.atMost("replies of one message", replies.size() + 1L, Bounds.ITEMS);
          replies.add(reply(in, bytes));
        } else if (tag == HELLO_TAG) {
          hello = ServerHello.parseFrom(in.readByteArray());
        } else {
          in.skipField(tag);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("a node's reply is at fault: " + Bounds.text(e), e);
    }
    return new Received(hello, replies);
  }

  private static ClientReply reply(CodedInputStream in, byte[] bytes) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    long id = 0;
    long index = 0;
    Payload done = null;
    String unknown = "an answer of a kind that this version does not know";
    ClientRefused refused = null;
    io.bowline.raft.grpc.proto.FoundingId founded = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case ID -> id = Bounds.number("id", in.readUInt64());
        case INDEX -> index = Bounds.number("index", in.readUInt64());
        case DONE -> done = WireCodec.payload(in, bytes);
        case UNKNOWN -> unknown = in.readString();
        case FOUNDED ->
            founded = io.bowline.raft.grpc.proto.FoundingId.parseFrom(in.readByteArray());
        case REFUSED -> refused = ClientRefused.parseFrom(in.readByteArray());
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    if (done != null) {
      return new ClientReply.Done(id, index, done);
    }
    if (founded != null) {
      return new ClientReply.Founded(id, founding(founded));
    }
    return refused == null ? new ClientReply.Unknown(id, unknown) : refused(id, refused);
  }

  private static ClientReply refused(long id, ClientRefused in) throws IOException {
    Refusal refusal =
        switch (in.getRefusalCase()) {
          case OVERLOADED ->
              new Refusal.Overloaded(
                  in.getOverloaded().getLimit(),
                  Bounds.number("allowed", in.getOverloaded().getAllowed()),
                  Bounds.number("now", in.getOverloaded().getNow()));
          case NOT_LEADER -> new Refusal.NotLeader();
          case OVERWRITTEN -> new Refusal.Overwritten();
          case DISK_FULL -> new Refusal.DiskFull(in.getDiskFull());
          case TIMED_OUT -> new Refusal.TimedOut(in.getTimedOut());
          case SESSION_EXPIRED ->
              new Refusal.SessionExpired(Bounds.number("session_expired", in.getSessionExpired()));
          case CLOSED -> new Refusal.Closed(in.getClosed());
          case INVALID -> new Refusal.Invalid(in.getInvalid());
          case NOT_SERVED -> new Refusal.NotServed(in.getNotServed());
          case NOT_FOUNDED -> new Refusal.NotFounded(in.getNotFounded());
          case OTHER_FOUNDING ->
              new Refusal.OtherFounding(
                  founding(in.getOtherFounding().getAsked()),
                  founding(in.getOtherFounding().getHere()));
          case REFUSAL_NOT_SET ->
              new Refusal.Invalid("refused for a reason that this version does not know");
        };
    return new ClientReply.Refused(
        id,
        refusal,
        in.getLeader().isEmpty() ? null : NodeId.of(Bounds.name("leader", in.getLeader())),
        in.getLeaderAddress().isEmpty() ? null : in.getLeaderAddress());
  }

  private static final class Replies extends Outgoing {
    private final List<ClientReply> replies;
    private final int[] lengths;

    Replies(int byteLength, List<ClientReply> replies, int[] lengths) {
      super(byteLength);
      this.replies = replies;
      this.lengths = lengths;
    }

    @Override
    void encode(CodedOutputStream out) throws IOException {
      for (int i = 0; i < lengths.length; i++) {
        out.writeUInt32NoTag(REPLY_TAG);
        out.writeUInt32NoTag(lengths[i]);
        write(out, replies.get(i));
      }
    }
  }
}
