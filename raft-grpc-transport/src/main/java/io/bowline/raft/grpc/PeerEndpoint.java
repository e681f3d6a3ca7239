package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.LocalNode;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A stream on which a peer asks and this host answers. */
final class PeerEndpoint extends PeerStream {
  private final ServerCall<byte[], Outgoing> call;

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
    say(context.hello(kind));
    context.seen(node.node());
  }

  /** A hello is kept: if the group is not served here yet, it is handed over when it is. */
  @Override
  void said(Packet.Said said) throws IOException {
    GroupWord word = said.word();
    GroupId group = word.group();
    if (word instanceof GroupWord.Hello hello) {
      if (links.size() >= MAX_GROUPS && !links.containsKey(group)) {
        throw new IOException("over " + MAX_GROUPS + " groups on one stream");
      }
      StreamLink link = link(group);
      heard(said.number(), link);
      link.hello = hello;
      if (context.groups.contains(group)) {
        tell(link, hello);
      } else {
        String reason = context.local.node() + " does not serve group " + group;
        say(new Packet.Refused(group, reason, true));
      }
    } else if (word instanceof GroupWord.Confirm) {
      StreamLink link = links.get(group);
      if (link != null && context.groups.contains(group)) {
        tell(link, word);
      }
    } else {
      throw new IOException(word.getClass().getSimpleName() + " by the one who dials");
    }
  }

  /** The host serves that group from now on: whoever asked before is answered. */
  void groupOpened(GroupId group) {
    inOrder(
        () -> {
          StreamLink link = links.get(group);
          GroupWord.Hello hello = link == null ? null : link.hello;
          if (link != null && hello != null && !link.isTold && context.groups.contains(group)) {
            tell(link, hello);
          }
        });
  }

  /** It says hello again when it serves it again, or has got over what was amiss. */
  @Override
  void groupRefused(StreamLink link, String reason, boolean notServed) {
    if (notServed) {
      drop(link);
      tellClosed(link);
    } else {
      tellRefused(link, reason);
    }
  }

  @Override
  void refusedHere(StreamLink link) {}

  @Override
  @Nullable NodeId expected() {
    return null;
  }

  @Override
  String remote() {
    return String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
  }

  @Override
  void endCall(String reason) {
    Runnable close =
        () -> call.close(Status.FAILED_PRECONDITION.withDescription(reason), new Metadata());
    outbox.finish(close);
    context.after(PeerSession.GRACE_NANOS, outbox::drop); // whoever does not read is not waited for
    context.after(PeerSession.GRACE_NANOS, outbox::drain);
  }

  @Override
  void abortCall(String reason) {
    Runnable close = () -> call.close(Status.DATA_LOSS.withDescription(reason), new Metadata());
    if (!outbox.abandon(close)) {
      try {
        close.run(); // nobody sends any more, and nobody has closed it, or else:
      } catch (IllegalStateException closed) {
        gone();
      }
    }
  }

  @Override
  public boolean isReady() {
    return call.isReady();
  }

  @Override
  void transmit(Outgoing message) {
    call.sendMessage(message);
  }
}
