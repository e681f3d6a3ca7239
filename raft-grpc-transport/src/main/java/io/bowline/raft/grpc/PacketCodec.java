package io.bowline.raft.grpc;

import static io.bowline.raft.grpc.Bounds.number;
import static io.bowline.raft.grpc.Bounds.small;
import static io.bowline.raft.grpc.WireCodec.sender;

import io.bowline.raft.grpc.proto.AppendReply;
import io.bowline.raft.grpc.proto.Heartbeat;
import io.bowline.raft.grpc.proto.HeartbeatReply;
import io.bowline.raft.grpc.proto.NodeHello;
import io.bowline.raft.grpc.proto.PeerPacket;
import io.bowline.raft.grpc.proto.PreVote;
import io.bowline.raft.grpc.proto.PreVoteReply;
import io.bowline.raft.grpc.proto.Refused;
import io.bowline.raft.grpc.proto.RequestVote;
import io.bowline.raft.grpc.proto.VoteReply;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.TermRun;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.LocalNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link Packet} to {@code PeerPacket} and back, but for AppendEntries: a pair for each. */
final class PacketCodec {
  private PacketCodec() {}

  static PeerPacket encode(Packet packet) {
    PeerPacket.Builder out = PeerPacket.newBuilder();
    if (packet instanceof Packet.Raft raft) {
      out.setGroup(raft.group()).setTerm(raft.message().term());
      body(out, raft.message());
    } else if (packet instanceof Packet.NodeHello hello) {
      out.setNodeHello(nodeHello(hello));
    } else if (packet instanceof Packet.Said said) {
      out.setGroup(said.number());
      WordCodec.encode(out, said.word());
    } else if (packet instanceof Packet.Refused refused) {
      GroupId group = refused.group();
      out.setRefused(
          Refused.newBuilder()
              .setGroup(group == null ? "" : group.value())
              .setReason(refused.reason())
              .setNotServed(refused.notServed()));
    } else {
      throw new AssertionError("no form for " + packet);
    }
    return out.build();
  }

  private static void body(PeerPacket.Builder out, Message message) {
    if (message instanceof Message.AppendReply reply) {
      out.setAppendReply(appendReply(reply));
    } else if (message instanceof Message.Heartbeat beat) {
      out.setHeartbeat(
          Heartbeat.newBuilder()
              .setSession(beat.session())
              .setRound(beat.round())
              .setCommit(beat.commit())
              .setLeaseNanos(beat.leaseNanos()));
    } else if (message instanceof Message.HeartbeatReply reply) {
      out.setHeartbeatReply(
          HeartbeatReply.newBuilder().setSession(reply.session()).setRound(reply.round()));
    } else if (message instanceof Message.PreVote ask) {
      out.setPreVote(
          PreVote.newBuilder().setLastIndex(ask.last().index()).setLastTerm(ask.last().term()));
    } else if (message instanceof Message.PreVoteReply reply) {
      out.setPreVoteReply(PreVoteReply.newBuilder().setGranted(reply.granted()));
    } else if (message instanceof Message.RequestVote ask) {
      out.setRequestVote(
          RequestVote.newBuilder()
              .setLastIndex(ask.last().index())
              .setLastTerm(ask.last().term())
              .setTransfer(ask.transfer()));
    } else if (message instanceof Message.VoteReply reply) {
      out.setVoteReply(VoteReply.newBuilder().setGranted(reply.granted()));
    } else {
      throw new AssertionError("no form for " + message);
    }
  }

  private static NodeHello nodeHello(Packet.NodeHello hello) {
    LocalNode node = hello.node();
    return NodeHello.newBuilder()
        .setProtocol(hello.protocol())
        .setCluster(node.cluster().value())
        .setNode(node.node().value())
        .setFeatureLevel(node.featureLevel())
        .setMaxMessageBytes(node.maxMessageBytes())
        .setConnection(hello.connection())
        .build();
  }

  private static AppendReply appendReply(Message.AppendReply reply) {
    AppendReply.Builder out =
        AppendReply.newBuilder()
            .setSession(reply.session())
            .setMatched(reply.matched())
            .setMatchIndex(reply.matchIndex())
            .setLastIndex(reply.lastIndex());
    for (TermRun run : reply.runs()) {
      out.addRuns(
          io.bowline.raft.grpc.proto.TermRun.newBuilder()
              .setTerm(run.term())
              .setFirst(run.first())
              .setLast(run.last()));
    }
    return out.build();
  }

  /** The packet, or {@code null} if its body is of a kind that this version does not know. */
  static @Nullable Packet decode(PeerPacket in, @Nullable NodeId from) throws IOException {
    try {
      return switch (in.getBodyCase()) {
        case NODE_HELLO -> nodeHello(in.getNodeHello());
        case GROUP_HELLO -> said(in, WordCodec.hello(in.getGroupHello()));
        case GROUP_ANSWER -> said(in, WordCodec.answer(in.getGroupAnswer()));
        case GROUP_CONFIRM -> said(in, WordCodec.confirm(in.getGroupConfirm()));
        case GROUP_CONFIRMED -> said(in, WordCodec.confirmed(in.getGroupConfirmed()));
        case REFUSED -> refused(in.getRefused());
        case BODY_NOT_SET -> null;
        default -> new Packet.Raft(in.getGroup(), message(in, sender(from)));
      };
    } catch (IllegalArgumentException e) {
      throw new IOException("a peer's packet is at fault: " + Bounds.text(e), e);
    }
  }

  private static Packet nodeHello(NodeHello in) throws IOException {
    LocalNode node =
        new LocalNode(
            ClusterId.of(Bounds.name("cluster", in.getCluster())),
            NodeId.of(Bounds.name("node", in.getNode())),
            small("feature_level", in.getFeatureLevel()),
            small("max_message_bytes", in.getMaxMessageBytes()));
    return new Packet.NodeHello(in.getProtocol(), node, in.getConnection());
  }

  private static Packet said(PeerPacket in, GroupWord word) throws IOException {
    if (in.getGroup() <= 0 || in.getGroup() > PeerStream.MAX_GROUPS) {
      throw new IOException("a group of number " + Integer.toUnsignedString(in.getGroup()));
    }
    return new Packet.Said(in.getGroup(), word);
  }

  private static Packet refused(Refused in) throws IOException {
    GroupId group =
        in.getGroup().isEmpty() ? null : GroupId.of(Bounds.name("group", in.getGroup()));
    return new Packet.Refused(group, Bounds.text(in.getReason()), in.getNotServed());
  }

  private static Message message(PeerPacket in, NodeId from) throws IOException {
    long term = number("term", in.getTerm());
    return switch (in.getBodyCase()) {
      case APPEND_REPLY -> appendReply(in.getAppendReply(), from, term);
      case HEARTBEAT -> heartbeat(in.getHeartbeat(), from, term);
      case HEARTBEAT_REPLY ->
          new Message.HeartbeatReply(
              from,
              term,
              small("session", in.getHeartbeatReply().getSession()),
              number("round", in.getHeartbeatReply().getRound()));
      case PRE_VOTE ->
          new Message.PreVote(
              from, term, id(in.getPreVote().getLastIndex(), in.getPreVote().getLastTerm()));
      case PRE_VOTE_REPLY ->
          new Message.PreVoteReply(from, term, in.getPreVoteReply().getGranted());
      case REQUEST_VOTE ->
          new Message.RequestVote(
              from,
              term,
              id(in.getRequestVote().getLastIndex(), in.getRequestVote().getLastTerm()),
              in.getRequestVote().getTransfer());
      case VOTE_REPLY -> new Message.VoteReply(from, term, in.getVoteReply().getGranted());
      default -> throw new IOException("a packet of kind " + in.getBodyCase() + " out of place");
    };
  }

  private static EntryId id(long index, long term) throws IOException {
    return new EntryId(number("last_index", index), number("last_term", term));
  }

  private static Message heartbeat(Heartbeat in, NodeId from, long term) throws IOException {
    return new Message.Heartbeat(
        from,
        term,
        small("session", in.getSession()),
        number("round", in.getRound()),
        number("commit", in.getCommit()),
        number("lease_nanos", in.getLeaseNanos()));
  }

  private static Message appendReply(AppendReply in, NodeId from, long term) throws IOException {
    Bounds.atMost("runs", in.getRunsCount(), Bounds.RUNS);
    List<TermRun> runs = new ArrayList<>(in.getRunsCount());
    for (io.bowline.raft.grpc.proto.TermRun run : in.getRunsList()) {
      runs.add(
          new TermRun(
              number("term of a run", run.getTerm()),
              number("first of a run", run.getFirst()),
              number("last of a run", run.getLast())));
    }
    return new Message.AppendReply(
        from,
        term,
        small("session", in.getSession()),
        in.getMatched(),
        number("match_index", in.getMatchIndex()),
        number("last_index", in.getLastIndex()),
        List.copyOf(runs));
  }
}
