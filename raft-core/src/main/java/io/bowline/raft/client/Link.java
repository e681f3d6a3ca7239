package io.bowline.raft.client;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection and what was sent over it and is not answered; tells the loop what happens. */
final class Link implements ClientTransport.Listener {
  final String address;
  final CallWindow inFlight = new CallWindow();

  /** Open, and the last send was taken. */
  boolean writable;

  /** Nobody said that this node leads: until it shows, it gets one request at a time. */
  boolean probing;

  /** Under way on this link; without an answer to it nothing else is asked. */
  @Nullable Call greeting;

  /** The node has said that its group is of the founding that this client talks to. */
  boolean greeted;

  boolean open;
  boolean closed;

  /** Since when nothing was heard although something was asked; or when it began to connect. */
  long silentSinceNanos;

  /** When a link that is left is closed, whatever it still owes. */
  long lingerUntilNanos;

  private final ClientLoop loop;
  private ClientTransport.@Nullable Connection connection;

  Link(String address, ClientLoop loop, long nowNanos) {
    this.address = address;
    this.loop = loop;
    this.silentSinceNanos = nowNanos;
  }

  void connect(ClientTransport transport) {
    connection = transport.connect(address, this);
  }

  boolean send(List<ClientRequest> batch) {
    ClientTransport.Connection there = connection;
    return there != null && there.send(batch);
  }

  void close() {
    closed = true;
    writable = false;
    ClientTransport.Connection there = connection;
    if (there != null) {
      there.close();
    }
  }

  /** Not open yet, or something asked is not answered. */
  boolean isWaiting() {
    return !open || !inFlight.isEmpty();
  }

  @Override
  public void opened() {
    loop.post(conversation -> conversation.opened(this));
  }

  @Override
  public void replies(List<ClientReply> replies) {
    loop.post(conversation -> conversation.answered(this, replies));
  }

  @Override
  public void writable() {
    loop.post(conversation -> conversation.writable(this));
  }

  @Override
  public void closed(String reason) {
    loop.post(conversation -> conversation.lost(this, reason));
  }
}
