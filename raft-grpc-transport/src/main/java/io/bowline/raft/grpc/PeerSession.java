package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupHello;
import io.bowline.raft.transport.LocalNode;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One attempt of a {@link PeerLink}: a channel, a stream on it, and what was said there. */
final class PeerSession extends PeerStream {
  /** Who has not said hello by then is not there. */
  private static final long HELLO_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final PeerLink link;
  private final ManagedChannel channel;
  private final ClientCall<Outgoing, byte[]> call;

  /** What this side said of its groups. */
  private final Map<GroupId, GroupHello> said = new HashMap<>();

  private boolean dialled;
  private boolean abandoned;

  PeerSession(PeerContext context, PeerLink link, ConnectionKind kind) {
    super(context, kind);
    this.link = link;
    this.channel = Channels.open(link.address(), context.local.maxMessageBytes());
    this.call = channel.newCall(Methods.dialed(Methods.PEER, kind.rpc()), Channels.OPTIONS);
  }

  void dial() {
    synchronized (call) {
      if (abandoned) {
        return;
      }
      dialled = true;
      call.start(listener(), new Metadata());
    }
    call.request(Integer.MAX_VALUE); // answers to what this side has asked
    say(context.hello(kind));
    context.after(HELLO_NANOS, this::requireHello);
  }

  private void requireHello() {
    if (peer() == null) {
      abort("no hello within 2 s");
    }
  }

  private ClientCall.Listener<byte[]> listener() {
    return new ClientCall.Listener<>() {
      @Override
      public void onMessage(byte[] bytes) {
        receive(bytes);
      }

      @Override
      public void onReady() {
        outbox.drain();
      }

      @Override
      public void onClose(Status status, Metadata trailers) {
        outbox.close();
        channel.shutdownNow();
        if (!Channels.isOrderly(status)) {
          context.warnings.warn("peer gone", link.peer(), Channels.describe(status));
        }
        link.ended(PeerSession.this);
      }
    };
  }

  @Override
  void opened(LocalNode node) {
    link.opened();
    refresh();
  }

  /** Says hello for each group that both sides have, takes leave of those that one has no more. */
  void refresh() {
    if (peer() == null) {
      return;
    }
    synchronized (said) {
      for (GroupId group : List.copyOf(said.keySet())) {
        if (!link.groups().contains(group) || !context.groups.containsKey(group)) {
          said.remove(group);
          greetings.part(group);
          String reason = context.local.node() + " closed group " + group;
          say(new Packet.Refused(group, reason, true));
        }
      }
      for (GroupId group : link.groups()) {
        GroupHello own = context.groups.get(group);
        if (own != null && !own.equals(said.put(group, own))) {
          greetings.part(group);
          say(new Packet.GroupHelloSaid(greetings.number(group), own));
        }
      }
    }
  }

  @Override
  void groupHello(Packet.GroupHelloSaid hello) {
    GroupId group = hello.hello().group();
    LocalNode node = peer();
    if (node == null || !context.groups.containsKey(group)) {
      return;
    }
    if (!welcome(node.node(), hello)) {
      askAgainLater(group);
      return;
    }
    greetings.greet(hello);
    if (kind == ConnectionKind.ENTRIES) {
      context.handler.connected(node.node(), hello.hello());
    }
  }

  /**
   * If it is not served there, the peer says hello when it is, unless that hello overtook this
   * refusal; what else was amiss may be cured. So it is asked again in any case.
   */
  @Override
  void groupRefused(GroupId group, String reason, boolean notServed) {
    askAgainLater(group);
  }

  private void askAgainLater(GroupId group) {
    context.after(
        Backoff.LONGEST_NANOS,
        () -> {
          if (greetings.greeted(group) == null) {
            synchronized (said) {
              said.remove(group);
            }
            refresh();
          }
        });
  }

  /** Sends what the peer is able to take. */
  boolean sendWithin(GroupId group, Message message) {
    LocalNode node = peer();
    if (node == null) {
      return false;
    }
    if (message instanceof Message.AppendEntries append
        && append.entries().byteLength() > node.maxMessageBytes()) {
      context.warnings.warn(
          "a message is too large for a peer",
          node.node(),
          "group "
              + group
              + ": entries of more bytes than the "
              + node.maxMessageBytes()
              + " that it takes; raise its limit");
      return false;
    }
    return send(group, message);
  }

  @Override
  NodeId expected() {
    return link.peer();
  }

  @Override
  String remote() {
    return link.peer() + " at " + link.address();
  }

  @Override
  void end(String reason) {
    outbox.finish(call::halfClose);
    context.after(HELLO_NANOS, () -> call.cancel(reason, null));
  }

  @Override
  void abort(String reason) {
    outbox.close();
    synchronized (call) { // a call must not be cancelled before it is started
      abandoned = true;
      if (!dialled) {
        channel.shutdownNow();
        return;
      }
    }
    call.cancel(reason, null);
  }

  @Override
  public boolean isReady() {
    return call.isReady();
  }

  @Override
  public void transmit(List<Packet> batch) {
    call.sendMessage(WireCodec.encode(batch));
  }
}
