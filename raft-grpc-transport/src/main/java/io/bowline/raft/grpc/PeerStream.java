package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.LocalNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One stream between two nodes, the same from either end: packets are read in the order in which
 * they came, and handed over at once. Its {@code order} is held while the handler is called, and by
 * nobody who holds another lock; what the handler calls back never takes it.
 */
abstract class PeerStream implements Outbox.Exit<Packet> {
  /** More groups on one stream are a fault of the other side. */
  static final int MAX_GROUPS = 1 << 16;

  private static final long CALLBACK_NANOS = TimeUnit.SECONDS.toNanos(1);

  final PeerContext context;
  final ConnectionKind kind;
  final Outbox<Packet> outbox;
  final ReentrantLock order = new ReentrantLock();
  final Map<GroupId, StreamLink> links = new ConcurrentHashMap<>();

  /** By the other side's numbers. */
  private final Map<Integer, StreamLink> heard = new ConcurrentHashMap<>();

  private volatile @Nullable LocalNode peer;
  private volatile boolean ended;
  private int numbers;
  private boolean isGone;

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

  /** Whom this side expects there; {@code null} if it was dialled. */
  abstract @Nullable NodeId expected();

  /** Both nodes said hello. */
  abstract void opened(LocalNode node);

  /** The other side said a word about a group. */
  abstract void said(Packet.Said said) throws IOException;

  /** The other side refused a group, or takes leave of it. */
  abstract void groupRefused(StreamLink link, String reason, boolean notServed);

  /** This side refused a group. */
  abstract void refusedHere(StreamLink link);

  /** What to call the other side as long as it has not said who it is. */
  abstract String remote();

  /** Ends the call when what waits was sent, and soon in any case. */
  abstract void endCall(String reason);

  /** Ends the call at once. */
  abstract void abortCall(String reason);

  /** Who is at the other end; {@code null} before its hello was accepted. */
  final @Nullable LocalNode peer() {
    return peer;
  }

  final LocalNode node() {
    LocalNode known = peer;
    if (known == null) {
      throw new IllegalStateException("nobody has said hello on this stream");
    }
    return known;
  }

  final boolean isEnded() {
    return ended;
  }

  final void receive(byte[] bytes) {
    order.lock();
    try {
      LocalNode known = peer;
      for (Packet packet : WireCodec.decode(bytes, known == null ? null : known.node())) {
        if (!ended && !context.isClosed()) {
          receive(packet);
        }
      }
    } catch (IOException e) {
      String reason = Bounds.text(e);
      context.warnings.warn("a peer's message was not understood", name(), reason);
      abort(reason);
    } catch (RuntimeException | Error e) {
      failed(e);
    } finally {
      order.unlock();
    }
  }

  private void receive(Packet packet) throws IOException {
    if (packet instanceof Packet.Raft raft) {
      received(raft);
    } else if (packet instanceof Packet.NodeHello hello) {
      nodeHello(hello);
    } else if (packet instanceof Packet.Said said) {
      if (peer == null) {
        throw new IOException("a group's word came before the node's hello");
      }
      said(said);
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
      end(refusal);
      return;
    }
    peer = hello.node();
    context.streams.add(this);
    opened(hello.node());
  }

  private void refused(Packet.Refused refused) {
    GroupId group = refused.group();
    if (group == null) {
      context.warnings.warn("refused by a peer", name(), refused.reason());
      end(refused.reason());
      return;
    }
    StreamLink link = links.get(group);
    if (link == null) {
      return;
    }
    if (!refused.notServed()) {
      context.warnings.warn("refused by a peer", name(), group + ": " + refused.reason());
    }
    groupRefused(link, refused.reason(), refused.notServed());
  }

  private void received(Packet.Raft raft) throws IOException {
    Message message = raft.message();
    boolean dialled = expected() == null;
    if (ConnectionKind.of(message) != kind || ConnectionKind.isReply(message) == dialled) {
      throw new IOException(message.getClass().getSimpleName() + " on the wrong connection");
    }
    String problem = message.problem();
    if (problem != null) {
      throw new IOException(message.getClass().getSimpleName() + " cannot be meant: " + problem);
    }
    StreamLink link = heard.get(raft.group());
    Peer from = link == null ? null : link.admitted();
    if (link != null && from != null) {
      context.handler.received(link.group(), from, message);
    }
  }

  /** The link of that group, made if there is none. */
  final StreamLink link(GroupId group) {
    return links.computeIfAbsent(group, g -> new StreamLink(this, g, ++numbers));
  }

  /** From now on the other side calls it so. */
  final void heard(int number, StreamLink link) {
    heard.put(number, link);
  }

  /** Tells the host a word. */
  final void tell(StreamLink link, GroupWord word) {
    link.isTold = true;
    context.handler.said(link, word);
  }

  /** Tells the host that it is refused, if it has asked. */
  final void tellRefused(StreamLink link, String reason) {
    link.part();
    if (link.isTold) {
      context.handler.refused(link, reason);
    }
  }

  /** The stream carries that group no more, as far as the other side knows it by now. */
  final boolean drop(StreamLink link) {
    link.end();
    heard.values().removeIf(other -> other == link);
    return links.remove(link.group(), link);
  }

  /** Tells the host that the link is gone, if it knows of it; in order. */
  final void tellClosed(StreamLink link) {
    if (link.isTold) {
      link.isTold = false;
      context.handler.closed(link);
    }
  }

  /** The host serves that group no more. Any thread. */
  final void groupClosed(GroupId group) {
    StreamLink link = links.get(group);
    if (link != null && drop(link)) {
      String reason = context.local.node() + " does not serve group " + group + " any more";
      say(new Packet.Refused(group, reason, true));
      context.after(0, () -> inOrder(() -> tellClosed(link)));
    }
  }

  final void refuse(StreamLink link, String reason) {
    context.warnings.warn("refused a peer", name(), link.group() + ": " + reason);
    say(new Packet.Refused(link.group(), reason, false));
    refusedHere(link);
  }

  /** Says what belongs to the handshake, whatever waits. */
  final void say(Packet packet) {
    outbox.add(List.of(packet));
  }

  /** Ends the stream: what waits is dropped, the other side is told why. Any thread. */
  final void reset(String reason) {
    if (ended) {
      return;
    }
    context.warnings.warn("refused a peer", name(), reason);
    outbox.drop();
    say(new Packet.Refused(null, reason, false));
    end(reason);
  }

  /** Ends the stream in order, when what waits was sent. Any thread. */
  final void end(String reason) {
    leave();
    endCall(reason);
  }

  /** Ends the stream at once: what came makes no sense. Any thread. */
  final void abort(String reason) {
    leave();
    abortCall(reason);
  }

  /** Whatever was thrown on this stream ends this stream, and nothing else. */
  @Override
  public final void failed(Throwable why) {
    context.warnings.warn("a stream failed", name(), Bounds.text(why.toString()));
    abort("failed: " + Bounds.text(why.toString()));
  }

  /** Nothing passes any more; the host hears of it soon, from another thread. */
  private void leave() {
    ended = true;
    links.values().forEach(StreamLink::end);
    context.after(0, this::gone);
  }

  /** The stream is no more. */
  final void gone() {
    ended = true;
    context.streams.remove(this);
    inOrder(
        () -> {
          if (!isGone) {
            isGone = true;
            List<StreamLink> last = new ArrayList<>(links.values());
            last.forEach(this::drop);
            last.forEach(this::tellClosed);
          }
        });
  }

  /** Calls the handler; what it throws is its own. */
  final void inOrder(Runnable task) {
    order.lock();
    try {
      if (!context.isClosed()) {
        task.run();
      }
    } catch (RuntimeException | Error e) {
      failed(e);
    } finally {
      order.unlock();
    }
  }

  /** Returns when the handler is not being called, or after a second. */
  final void awaitCallback() {
    try {
      if (order.tryLock(CALLBACK_NANOS, TimeUnit.NANOSECONDS)) {
        order.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public final void transmit(List<Packet> batch) {
    transmit(WireCodec.encode(batch));
  }

  abstract void transmit(Outgoing message);

  final Object name() {
    LocalNode known = peer;
    return known == null ? remote() : known.node();
  }
}
