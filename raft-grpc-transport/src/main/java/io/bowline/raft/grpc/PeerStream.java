package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupHello;
import io.bowline.raft.transport.LocalNode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One stream between two nodes, the same from either end: packets are read in the order in which
 * they came, by one thread at a time, and handed over at once. The handler is never called with a
 * lock held.
 */
abstract class PeerStream implements Outbox.Exit<Packet> {
  final PeerContext context;
  final ConnectionKind kind;
  final Greetings greetings = new Greetings();
  final Outbox<Packet> outbox;
  private volatile @Nullable LocalNode peer;
  private volatile boolean ended;

  PeerStream(PeerContext context, ConnectionKind kind) {
    this.context = context;
    this.kind = kind;
    this.outbox =
        new Outbox<>(
            context.limits.queueBytes(kind),
            TransportLimits.BATCH_BYTES,
            WireCodec::byteLength,
            this);
  }

  /** Who is at the other end; {@code null} before its hello was accepted. */
  final @Nullable LocalNode peer() {
    return peer;
  }

  /** Whom this side expects there; {@code null} if it was dialled. */
  abstract @Nullable NodeId expected();

  /** Both nodes said hello. */
  abstract void opened(LocalNode node);

  /** The other side said hello for a group. */
  abstract void groupHello(Packet.GroupHelloSaid said);

  /** The other side refused a group. */
  abstract void groupRefused(GroupId group, String reason, boolean notServed);

  /** What to call the other side as long as it has not said who it is. */
  abstract String remote();

  /** Ends the stream in order, when what waits was sent. */
  abstract void end(String reason);

  /** Ends the stream at once: what came makes no sense. */
  abstract void abort(String reason);

  final void receive(byte[] bytes) {
    try {
      LocalNode known = peer;
      for (Packet packet : WireCodec.decode(bytes, known == null ? null : known.node())) {
        if (!ended) {
          receive(packet);
        }
      }
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      context.warnings.warn("a peer's message was not understood", name(), reason);
      abort(reason);
    }
  }

  private void receive(Packet packet) throws IOException {
    if (packet instanceof Packet.Raft raft) {
      received(raft);
    } else if (packet instanceof Packet.NodeHello hello) {
      nodeHello(hello);
    } else if (packet instanceof Packet.GroupHelloSaid said) {
      if (peer == null) {
        throw new IOException("a group's hello came before the node's");
      }
      if (said.number() <= 0 || said.number() > Greetings.MAX_GROUPS) {
        throw new IOException("a group of number " + said.number());
      }
      groupHello(said);
    } else if (packet instanceof Packet.Refused refused) {
      refused(refused);
    }
  }

  private void nodeHello(Packet.NodeHello hello) throws IOException {
    if (peer != null) {
      throw new IOException("a second hello");
    }
    String refusal = Handshake.refusal(context.local, kind, expected(), hello);
    if (refusal != null) {
      context.warnings.warn("refused a peer", hello.node().node(), refusal);
      say(new Packet.Refused(null, refusal, false));
      ended = true;
      end(refusal);
      return;
    }
    String mismatch = Handshake.sizeMismatch(context.local, hello.node());
    if (mismatch != null) {
      context.warnings.warn("message limits differ", hello.node().node(), mismatch);
    }
    peer = hello.node();
    opened(hello.node());
  }

  private void refused(Packet.Refused refused) {
    GroupId group = refused.group();
    if (group == null) {
      context.warnings.warn("refused by a peer", name(), refused.reason());
      ended = true;
      end(refused.reason());
      return;
    }
    greetings.part(group);
    if (!refused.notServed()) {
      context.warnings.warn("refused by a peer", name(), group + ": " + refused.reason());
    }
    groupRefused(group, refused.reason(), refused.notServed());
  }

  /** Asks the handler whether a group's hello is welcome, and says so if not. */
  final boolean welcome(NodeId from, Packet.GroupHelloSaid said) {
    String refusal = context.handler.hello(from, said.hello());
    if (refusal == null) {
      return true;
    }
    GroupId group = said.hello().group();
    context.warnings.warn("refused a peer", from, group + ": " + refusal);
    greetings.part(group);
    say(new Packet.Refused(group, refusal, false));
    return false;
  }

  private void received(Packet.Raft raft) throws IOException {
    Message message = raft.message();
    boolean dialled = expected() == null;
    if (ConnectionKind.of(message) != kind || ConnectionKind.isReply(message) == dialled) {
      throw new IOException(message.getClass().getSimpleName() + " on the wrong connection");
    }
    GroupHello hello = greetings.heard(raft.group());
    if (hello != null) {
      context.handler.received(message.from(), hello, message);
    }
  }

  /** Sends, if the group is greeted and there is room. */
  final boolean send(GroupId group, Message message) {
    Integer number = greetings.greeted(group);
    return number != null && outbox.offer(new Packet.Raft(number, message));
  }

  /** Says what belongs to the handshake, whatever waits. */
  final void say(Packet packet) {
    outbox.add(List.of(packet));
  }

  private Object name() {
    LocalNode known = peer;
    return known == null ? remote() : known.node();
  }
}
