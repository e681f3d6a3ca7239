package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupHello;
import io.bowline.raft.transport.LocalNode;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A stream on which a peer asks and this host answers. */
final class PeerEndpoint extends PeerStream {
  private final ServerCall<byte[], Outgoing> call;

  /** The peer's last hello for each group, whether it is served here or not yet. */
  private final Map<GroupId, Packet.GroupHelloSaid> said = new HashMap<>();

  /** A refusal and the hello of a group that opens meanwhile leave in the order of their truth. */
  private final Object greeting = new Object();

  private PeerEndpoint(
      PeerContext context, ConnectionKind kind, ServerCall<byte[], Outgoing> call) {
    super(context, kind);
    this.call = call;
  }

  /** Answers a peer that has dialled. */
  static ServerCall.Listener<byte[]> serve(
      PeerContext context, ConnectionKind kind, ServerCall<byte[], Outgoing> call) {
    PeerEndpoint endpoint = new PeerEndpoint(context, kind, call);
    call.sendHeaders(new Metadata());
    call.setOnReadyThreshold(Outbox.READY_BYTES);
    call.request(Integer.MAX_VALUE); // what may be on its way is bounded by the leader's window
    return endpoint.listener();
  }

  private ServerCall.Listener<byte[]> listener() {
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(byte[] bytes) {
        receive(bytes);
      }

      @Override
      public void onReady() {
        outbox.drain();
      }

      @Override
      public void onHalfClose() {
        outbox.finish(() -> call.close(Status.OK, new Metadata()));
        gone();
      }

      @Override
      public void onCancel() {
        outbox.close();
        gone();
      }

      @Override
      public void onComplete() {
        outbox.close();
        gone();
      }
    };
  }

  @Override
  void opened(LocalNode node) {
    context.endpoints.add(this);
    say(context.hello(kind));
    context.seen(node.node());
  }

  @Override
  void groupHello(Packet.GroupHelloSaid hello) {
    synchronized (said) {
      if (said.size() < Greetings.MAX_GROUPS) {
        said.put(hello.hello().group(), hello);
      }
    }
    synchronized (greeting) {
      if (!greet(hello)) {
        String reason = context.local.node() + " does not serve group " + hello.hello().group();
        say(new Packet.Refused(hello.hello().group(), reason, true));
      }
    }
  }

  /** The host serves that group from now on: whoever asked before is answered. */
  void groupOpened(GroupId group) {
    Packet.GroupHelloSaid hello;
    synchronized (said) {
      hello = said.get(group);
    }
    if (hello != null) {
      synchronized (greeting) {
        greet(hello);
      }
    }
  }

  /** Answers with the own hello, or a refusal; false if the group is not served here. */
  private boolean greet(Packet.GroupHelloSaid hello) {
    GroupId group = hello.hello().group();
    GroupHello own = context.groups.get(group);
    LocalNode peer = peer();
    if (own == null || peer == null) {
      return false;
    }
    if (welcome(peer.node(), hello)) {
      greetings.greet(hello);
      say(new Packet.GroupHelloSaid(greetings.number(group), own));
      context.routes.put(new PeerContext.Route(group, peer.node(), kind), this);
    }
    return true;
  }

  /** The host does not serve that group any more. */
  void groupClosed(GroupId group) {
    if (greetings.greeted(group) != null) {
      greetings.part(group);
      String reason = context.local.node() + " closed group " + group;
      say(new Packet.Refused(group, reason, true));
    }
  }

  @Override
  void groupRefused(GroupId group, String reason, boolean notServed) {
    LocalNode peer = peer();
    if (peer != null) {
      context.routes.remove(new PeerContext.Route(group, peer.node(), kind), this);
    }
    if (notServed) {
      synchronized (said) {
        said.remove(group); // it will say hello again when it serves it again
      }
    }
  }

  @Override
  @Nullable NodeId expected() {
    return null;
  }

  @Override
  String remote() {
    SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return String.valueOf(address);
  }

  @Override
  void end(String reason) {
    outbox.finish(
        () -> call.close(Status.FAILED_PRECONDITION.withDescription(reason), new Metadata()));
    gone();
  }

  @Override
  void abort(String reason) {
    outbox.abandon(() -> call.close(Status.DATA_LOSS.withDescription(reason), new Metadata()));
    gone();
  }

  /** Answers find it no more. */
  private void gone() {
    context.endpoints.remove(this);
    LocalNode peer = peer();
    if (peer == null) {
      return;
    }
    List<GroupId> groups;
    synchronized (said) {
      groups = new ArrayList<>(said.keySet());
    }
    for (GroupId group : groups) {
      context.routes.remove(new PeerContext.Route(group, peer.node(), kind), this);
    }
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
