package io.bowline.raft.grpc;

import com.google.protobuf.ByteString;
import io.bowline.raft.grpc.proto.Directory;
import io.bowline.raft.grpc.proto.GroupAnswer;
import io.bowline.raft.grpc.proto.GroupConfirm;
import io.bowline.raft.grpc.proto.GroupConfirmed;
import io.bowline.raft.grpc.proto.GroupHello;
import io.bowline.raft.grpc.proto.PeerPacket;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupWord;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The four words of a group's handshake to their packets and back. */
final class WordCodec {
  private WordCodec() {}

  static void encode(PeerPacket.Builder out, GroupWord word) {
    String group = word.group().value();
    if (word instanceof GroupWord.Hello hello) {
      out.setGroupHello(
          GroupHello.newBuilder()
              .setGroup(group)
              .setNumber(hello.number())
              .setSelf(directory(hello.self())));
    } else if (word instanceof GroupWord.Answer answer) {
      GroupAnswer.Builder said =
          GroupAnswer.newBuilder()
              .setGroup(group)
              .setNumber(answer.number())
              .setSelf(directory(answer.self()));
      StartPair remembered = answer.remembered();
      if (remembered != null) {
        said.setRemembered(pair(remembered));
      }
      out.setGroupAnswer(said);
    } else if (word instanceof GroupWord.Confirm confirm) {
      GroupConfirm.Builder said =
          GroupConfirm.newBuilder().setGroup(group).setNumber(confirm.number());
      StartPair remembered = confirm.remembered();
      if (remembered != null) {
        said.setRemembered(pair(remembered));
      }
      out.setGroupConfirm(said);
    } else if (word instanceof GroupWord.Confirmed confirmed) {
      out.setGroupConfirmed(
          GroupConfirmed.newBuilder().setGroup(group).setNumber(confirmed.number()));
    } else {
      throw new AssertionError("no form for " + word);
    }
  }

  private static Directory directory(DirectoryState state) {
    Directory.Builder out =
        Directory.newBuilder()
            .setIncarnationHigh(state.incarnation().high())
            .setIncarnationLow(state.incarnation().low())
            .setStart(pair(state.start()))
            .setFounding(code(state.founding().state()))
            .setListHash(state.listHash())
            .setFeatureLevel(state.featureLevel())
            .setAddress(state.address());
    Membership record = state.founding().record();
    if (record != null) {
      out.setRecord(ByteString.copyFrom(record.encode()));
    }
    return out.build();
  }

  private static io.bowline.raft.grpc.proto.StartPair pair(StartPair pair) {
    return io.bowline.raft.grpc.proto.StartPair.newBuilder()
        .setCounter(pair.counter())
        .setNonce(pair.nonce())
        .build();
  }

  static GroupWord hello(GroupHello in) throws IOException {
    return new GroupWord.Hello(group(in.getGroup()), number(in.getNumber()), read(in.getSelf()));
  }

  static GroupWord answer(GroupAnswer in) throws IOException {
    return new GroupWord.Answer(
        group(in.getGroup()),
        number(in.getNumber()),
        read(in.getSelf()),
        in.hasRemembered() ? read(in.getRemembered()) : null);
  }

  static GroupWord confirm(GroupConfirm in) throws IOException {
    return new GroupWord.Confirm(
        group(in.getGroup()),
        number(in.getNumber()),
        in.hasRemembered() ? read(in.getRemembered()) : null);
  }

  static GroupWord confirmed(GroupConfirmed in) throws IOException {
    return new GroupWord.Confirmed(group(in.getGroup()), number(in.getNumber()));
  }

  private static GroupId group(String name) throws IOException {
    return GroupId.of(Bounds.name("group", name));
  }

  private static long number(long number) throws IOException {
    return Bounds.ordinal("number of a hello", number);
  }

  private static DirectoryState read(Directory in) throws IOException {
    return new DirectoryState(
        new Incarnation(in.getIncarnationHigh(), in.getIncarnationLow()),
        read(in.getStart()),
        founding(in),
        in.getListHash(),
        Bounds.small("feature_level", in.getFeatureLevel()),
        Bounds.text(in.getAddress()));
  }

  /** The nonce is any 64 bits: it is compared, and nothing else. */
  private static StartPair read(io.bowline.raft.grpc.proto.StartPair in) throws IOException {
    return new StartPair(Bounds.ordinal("start counter", in.getCounter()), in.getNonce());
  }

  private static int code(Founding.State state) {
    return switch (state) {
      case FRESH -> 0;
      case WRITTEN -> 1;
      case COMPLETE -> 2;
    };
  }

  private static Founding founding(Directory in) throws IOException {
    Membership record = record(in.getRecord());
    return switch (in.getFounding()) {
      case 0 -> new Founding(Founding.State.FRESH, record);
      case 1 -> new Founding(Founding.State.WRITTEN, record);
      case 2 -> new Founding(Founding.State.COMPLETE, record);
      default ->
          throw new IOException(
              "founding=" + Integer.toUnsignedString(in.getFounding()) + " is no state");
    };
  }

  private static @Nullable Membership record(ByteString bytes) throws IOException {
    if (bytes.isEmpty()) {
      return null;
    }
    try {
      Membership record = Membership.decode(bytes.asReadOnlyByteBuffer());
      if (!ByteString.copyFrom(record.encode()).equals(bytes)) {
        throw new IOException("the founding record is not written as it is read");
      }
      return record;
    } catch (RuntimeException e) {
      throw new IOException("the founding record cannot be read: " + Bounds.text(e), e);
    }
  }
}
