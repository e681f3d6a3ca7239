package io.bowline.raft.grpc;

import static io.bowline.raft.grpc.WireCodec.tag;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.bowline.raft.grpc.proto.ClientBatch;
import io.bowline.raft.grpc.proto.ClientHello;
import io.bowline.raft.grpc.proto.Greet;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's requests as {@code ClientBatch} and back, by hand: no object is made for a request but
 * the request. A group's name is written once for all requests of a batch that follow it.
 */
final class ClientCodec {
  /** What a request may take beside its payload: ten numbers of at most 11 bytes, a name. */
  private static final int HEADER_BYTES = 192;

  private static final int REQUEST_TAG =
      tag(ClientBatch.REQUESTS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  private static final int HELLO_TAG =
      tag(ClientBatch.HELLO_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);

  private static final int ID = io.bowline.raft.grpc.proto.ClientRequest.ID_FIELD_NUMBER;
  private static final int GROUP = io.bowline.raft.grpc.proto.ClientRequest.GROUP_FIELD_NUMBER;
  private static final int TIMEOUT =
      io.bowline.raft.grpc.proto.ClientRequest.TIMEOUT_NANOS_FIELD_NUMBER;
  private static final int SESSION = io.bowline.raft.grpc.proto.ClientRequest.SESSION_FIELD_NUMBER;
  private static final int SEQUENCE =
      io.bowline.raft.grpc.proto.ClientRequest.SEQUENCE_FIELD_NUMBER;
  private static final int LOWEST =
      io.bowline.raft.grpc.proto.ClientRequest.LOWEST_WANTED_FIELD_NUMBER;
  private static final int KEY_HIGH =
      io.bowline.raft.grpc.proto.ClientRequest.SESSION_KEY_HIGH_FIELD_NUMBER;
  private static final int KEY_LOW =
      io.bowline.raft.grpc.proto.ClientRequest.SESSION_KEY_LOW_FIELD_NUMBER;
  private static final int GREET = io.bowline.raft.grpc.proto.ClientRequest.GREET_FIELD_NUMBER;
  private static final int COMMAND = io.bowline.raft.grpc.proto.ClientRequest.COMMAND_FIELD_NUMBER;
  private static final int QUERY = io.bowline.raft.grpc.proto.ClientRequest.QUERY_FIELD_NUMBER;
  private static final int OPEN =
      io.bowline.raft.grpc.proto.ClientRequest.OPEN_SESSION_FIELD_NUMBER;
  private static final int CLOSE =
      io.bowline.raft.grpc.proto.ClientRequest.CLOSE_SESSION_FIELD_NUMBER;

  /** What came in one message. */
  record Received(@Nullable ClientHello hello, List<ClientRequest> requests) {}

  private ClientCodec() {}

  /** About what a request takes, and never less. */
  static long byteLength(ClientRequest request) {
    Payload payload = payload(request);
    return HEADER_BYTES + (payload == null ? 0L : payload.length());
  }

  private static @Nullable Payload payload(ClientRequest request) {
    if (request instanceof ClientRequest.Command command) {
      return command.command();
    }
    return request instanceof ClientRequest.Query query ? query.query() : null;
  }

  private static @Nullable SessionKey key(ClientRequest request) {
    if (request instanceof ClientRequest.OpenSession open) {
      return open.key();
    }
    SessionHeader session = session(request);
    return session == null ? null : session.key();
  }

  private static @Nullable SessionHeader session(ClientRequest request) {
    if (request instanceof ClientRequest.Command command) {
      return command.session();
    }
    return request instanceof ClientRequest.CloseSession close ? close.session() : null;
  }

  /** The requests as one message; encoded when gRPC takes it. */
  static Outgoing encode(List<ClientRequest> requests) {
    int[] lengths = new int[requests.size()];
    long total = 0;
    GroupId before = null;
    for (int i = 0; i < lengths.length; i++) {
      ClientRequest request = requests.get(i);
      lengths[i] = length(request, before);
      before = request.group();
      total +=
          CodedOutputStream.computeUInt32SizeNoTag(REQUEST_TAG)
              + CodedOutputStream.computeUInt32SizeNoTag(lengths[i])
              + lengths[i];
    }
    return new Requests(Math.toIntExact(total), requests, lengths);
  }

  private static int length(ClientRequest request, @Nullable GroupId before) {
    int length =
        CodedOutputStream.computeUInt64Size(ID, request.id())
            + CodedOutputStream.computeUInt64Size(TIMEOUT, timeoutNanos(request));
    if (!request.group().equals(before)) {
      length += CodedOutputStream.computeStringSize(GROUP, request.group().value());
    }
    SessionHeader session = session(request);
    if (session != null) {
      length +=
          CodedOutputStream.computeUInt64Size(SESSION, session.session())
              + CodedOutputStream.computeUInt64Size(SEQUENCE, session.sequence())
              + CodedOutputStream.computeUInt64Size(LOWEST, session.lowestWanted());
    }
    if (key(request) != null) {
      length +=
          CodedOutputStream.computeFixed64Size(KEY_HIGH, 0)
              + CodedOutputStream.computeFixed64Size(KEY_LOW, 0);
    }
    if (request instanceof ClientRequest.Greet greet) {
      return length + CodedOutputStream.computeMessageSize(GREET, greet(greet));
    }
    Payload payload = payload(request);
    return length
        + (payload == null
            ? CodedOutputStream.computeBoolSize(OPEN, true)
            : WireCodec.length(COMMAND, payload));
  }

  private static void write(CodedOutputStream out, ClientRequest request, @Nullable GroupId before)
      throws IOException {
    out.writeUInt64(ID, request.id());
    if (!request.group().equals(before)) {
      out.writeString(GROUP, request.group().value());
    }
    out.writeUInt64(TIMEOUT, timeoutNanos(request));
    SessionHeader session = session(request);
    if (session != null) {
      out.writeUInt64(SESSION, session.session());
      out.writeUInt64(SEQUENCE, session.sequence());
      out.writeUInt64(LOWEST, session.lowestWanted());
    }
    SessionKey key = key(request);
    if (key != null) {
      out.writeFixed64(KEY_HIGH, key.high());
      out.writeFixed64(KEY_LOW, key.low());
    }
    if (request instanceof ClientRequest.Command command) {
      WireCodec.write(out, COMMAND, command.command());
    } else if (request instanceof ClientRequest.Query query) {
      WireCodec.write(out, QUERY, query.query());
    } else if (request instanceof ClientRequest.OpenSession) {
      out.writeBool(OPEN, true);
    } else if (request instanceof ClientRequest.CloseSession) {
      out.writeBool(CLOSE, true);
    } else if (request instanceof ClientRequest.Greet greet) {
      out.writeMessage(GREET, greet(greet));
    } else {
      throw new AssertionError("no form for " + request);
    }
  }

  private static Greet greet(ClientRequest.Greet request) {
    FoundingId pinned = request.pinned();
    return pinned == null
        ? Greet.getDefaultInstance()
        : Greet.newBuilder().setPinned(ReplyCodec.founding(pinned)).build();
  }

  /** What is overdue has no time left; the wire knows no negative numbers. */
  private static long timeoutNanos(ClientRequest request) {
    return Math.min(Math.max(0, request.timeoutNanos()), Bounds.LARGEST);
  }

  /** Reads what {@link #encode} wrote; payloads stay where they are. */
  static Received decode(byte[] bytes) throws IOException {
    ClientHello hello = null;
    List<ClientRequest> requests = new ArrayList<>();
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    try {
      GroupId group = null;
      int count = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == REQUEST_TAG) {
          Bounds.atMost("requests of one message", ++count, Bounds.ITEMS);
          ClientRequest request = request(in, bytes, group);
          if (request != null) {
            group = request.group();
            requests.add(request);
          }
        } else if (tag == HELLO_TAG) {
          hello = ClientHello.parseFrom(in.readByteArray());
        } else {
          in.skipField(tag);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("a client's request is at fault: " + Bounds.text(e), e);
    }
    return new Received(hello, requests);
  }

  private static @Nullable ClientRequest request(
      CodedInputStream in, byte[] bytes, @Nullable GroupId before) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    long id = 0;
    GroupId group = before;
    long timeoutNanos = 0;
    long session = 0;
    long sequence = 0;
    long lowestWanted = 0;
    long keyHigh = 0;
    long keyLow = 0;
    FoundingId pinned = null;
    int kind = 0;
    Payload payload = Payload.EMPTY;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      switch (field) {
        case ID -> id = Bounds.number("id", in.readUInt64());
        case GROUP -> group = GroupId.of(Bounds.name("group", in.readString()));
        case TIMEOUT -> timeoutNanos = Bounds.number("timeout_nanos", in.readUInt64());
        case SESSION -> session = Bounds.number("session", in.readUInt64());
        case SEQUENCE -> sequence = Bounds.number("sequence", in.readUInt64());
        case LOWEST -> lowestWanted = Bounds.number("lowest_wanted", in.readUInt64());
        case KEY_HIGH -> keyHigh = in.readFixed64();
        case KEY_LOW -> keyLow = in.readFixed64();
        case GREET -> {
          kind = field;
          Greet greet = Greet.parseFrom(in.readByteArray());
          pinned = greet.hasPinned() ? ReplyCodec.founding(greet.getPinned()) : null;
        }
        case COMMAND, QUERY -> {
          kind = field;
          payload = WireCodec.payload(in, bytes);
        }
        case OPEN, CLOSE -> {
          kind = field;
          in.skipField(tag);
        }
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    if (group == null) {
      throw new IOException("the first request of a batch names no group");
    }
    SessionKey key = new SessionKey(keyHigh, keyLow);
    SessionHeader header = new SessionHeader(session, key, sequence, lowestWanted);
    return switch (kind) {
      case COMMAND -> new ClientRequest.Command(id, group, timeoutNanos, header, payload);
      case QUERY -> new ClientRequest.Query(id, group, timeoutNanos, payload);
      case OPEN -> new ClientRequest.OpenSession(id, group, timeoutNanos, key);
      case GREET -> new ClientRequest.Greet(id, group, timeoutNanos, pinned);
      case CLOSE -> new ClientRequest.CloseSession(id, group, timeoutNanos, header);
      default -> null;
    };
  }

  private static final class Requests extends Outgoing {
    private final List<ClientRequest> requests;
    private final int[] lengths;

    Requests(int byteLength, List<ClientRequest> requests, int[] lengths) {
      super(byteLength);
      this.requests = requests;
      this.lengths = lengths;
    }

    @Override
    void encode(CodedOutputStream out) throws IOException {
      GroupId before = null;
      for (int i = 0; i < lengths.length; i++) {
        ClientRequest request = requests.get(i);
        out.writeUInt32NoTag(REQUEST_TAG);
        out.writeUInt32NoTag(lengths[i]);
        write(out, request, before);
        before = request.group();
      }
    }
  }
}
