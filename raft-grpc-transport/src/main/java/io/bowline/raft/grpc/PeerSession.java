package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.LocalNode;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One attempt of a {@link PeerLink}: a channel, a stream on it, and what was said there. */
final class PeerSession extends PeerStream {
  /** How long a stream that ends in order may take for its last words. */
  static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Who has not said hello by then is not there. */
  private static final long HELLO_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final PeerLink link;
  private final String address;
  private final ManagedChannel channel;
  private final ClientCall<Outgoing, byte[]> call;
  private boolean dialled;
  private boolean abandoned;

  PeerSession(PeerContext context, PeerLink link, ConnectionKind kind, String address) {
    super(context, kind);
    this.link = link;
    this.address = address;
    this.channel = Channels.open(address, Bounds.INBOUND_BYTES);
    this.call = channel.newCall(Methods.dialed(Methods.PEER, kind.rpc()), Channels.OPTIONS);
  }

  String address() {
    return address;
  }

  void dial() {
    synchronized (call) {
      dialled = !abandoned;
      if (dialled) {
        call.start(listener(), new Metadata());
      }
    }
    if (!dialled) {
      link.ended(this);
      return;
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
        gone();
        link.ended(PeerSession.this);
      }
    };
  }

  @Override
  void opened(LocalNode node) {
    link.opened(this);
    openLinks();
  }

  /** The groups of the host or of the peer are others now. Any thread. */
  void refresh() {
    if (peer() == null || isEnded()) {
      return;
    }
    for (GroupId group : List.copyOf(links.keySet())) {
      if (!isCarried(group)) {
        groupClosed(group);
      }
    }
    context.after(0, () -> inOrder(this::openLinks));
  }

  private boolean isCarried(GroupId group) {
    return link.groups().contains(group) && context.groups.contains(group);
  }

  /** Begins the handshake of each group that has none yet. */
  private void openLinks() {
    for (GroupId group : link.groups()) {
      if (!isEnded() && isCarried(group) && !links.containsKey(group)) {
        tellOpened(link(group));
      }
    }
  }

  private void tellOpened(StreamLink link) {
    link.isTold = true;
    context.handler.opened(link);
  }

  @Override
  void said(Packet.Said said) throws IOException {
    GroupWord word = said.word();
    if (!(word instanceof GroupWord.Answer) && !(word instanceof GroupWord.Confirmed)) {
      throw new IOException(word.getClass().getSimpleName() + " by the one who was dialled");
    }
    StreamLink of = links.get(word.group());
    if (of != null) {
      heard(said.number(), of);
      tell(of, word);
    }
  }

  /**
   * If it is not served there any more, the next hello is of another life and is said at once: the
   * peer keeps it. If it is not served there yet, the peer has kept the hello, unless its answer
   * overtook this refusal; what else was amiss may be cured. So it is asked again in any case.
   */
  @Override
  void groupRefused(StreamLink of, String reason, boolean notServed) {
    if (notServed && of.admitted() != null) {
      drop(of);
      tellClosed(of);
      openLinks();
      return;
    }
    tellRefused(of, reason);
    askAgainLater(of);
  }

  @Override
  void refusedHere(StreamLink of) {
    context.after(0, () -> inOrder(() -> askAgainLater(of)));
  }

  private void askAgainLater(StreamLink of) {
    if (of.isAskedAgain) {
      return;
    }
    of.isAskedAgain = true;
    context.after(
        Backoff.LONGEST_NANOS,
        () ->
            inOrder(
                () -> {
                  of.isAskedAgain = false;
                  if (!isEnded() && links.get(of.group()) == of && of.admitted() == null) {
                    tellOpened(of);
                  }
                }));
  }

  @Override
  NodeId expected() {
    return link.peer();
  }

  @Override
  String remote() {
    return link.peer() + " at " + address;
  }

  @Override
  void endCall(String reason) {
    outbox.finish(call::halfClose);
    context.after(GRACE_NANOS, () -> call.cancel(reason, null));
  }

  @Override
  void abortCall(String reason) {
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
  void transmit(Outgoing message) {
    call.sendMessage(message);
  }
}
