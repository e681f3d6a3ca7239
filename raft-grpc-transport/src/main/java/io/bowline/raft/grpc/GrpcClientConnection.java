package io.bowline.raft.grpc;

import io.bowline.raft.client.ClientTransport;
import io.bowline.raft.grpc.proto.ClientBatch;
import io.bowline.raft.grpc.proto.ClientHello;
import io.bowline.raft.grpc.proto.ServerHello;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.Refusal;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One client's stream to one node: many requests in flight, answers in any order. */
final class GrpcClientConnection extends ClientCall.Listener<byte[]>
    implements ClientTransport.Connection, Outbox.Exit<ClientRequest> {
  private static final int REPLY_HEADER_BYTES = 64 << 10;
  private static final long HELLO_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final GrpcClientTransport transport;
  private final String address;
  private final ClientTransport.Listener listener;
  private final ManagedChannel channel;
  private final ClientCall<Outgoing, byte[]> call;
  private final Outbox<ClientRequest> outbox;
  private final AtomicBoolean over = new AtomicBoolean();
  private boolean dialled;
  private boolean abandoned;
  private volatile boolean open;
  private volatile int maxRequestBytes;

  GrpcClientConnection(
      GrpcClientTransport transport, String address, ClientTransport.Listener listener) {
    this.transport = transport;
    this.address = address;
    this.listener = listener;
    this.channel = Channels.open(address, transport.maxReplyBytes() + REPLY_HEADER_BYTES);
    this.call = channel.newCall(Methods.dialed(Methods.CLIENT, Methods.REQUESTS), Channels.OPTIONS);
    this.outbox =
        new Outbox<>(
            transport.queueBytes(), TransportLimits.BATCH_BYTES, ClientCodec::byteLength, this);
  }

  void dial() {
    synchronized (call) {
      if (abandoned) {
        return;
      }
      dialled = true;
      call.start(this, new Metadata());
    }
    call.request(Integer.MAX_VALUE); // answers to what was asked
    call.sendMessage(
        new ProtoOutgoing(
            ClientBatch.newBuilder()
                .setHello(
                    ClientHello.newBuilder()
                        .setProtocol(Handshake.PROTOCOL)
                        .setMaxReplyBytes(transport.maxReplyBytes()))
                .build()));
    transport.after(HELLO_NANOS, this::requireHello);
  }

  private void requireHello() {
    if (!open) {
      call.cancel("no hello within 2 s", null);
    }
  }

  @Override
  public void onMessage(byte[] bytes) {
    try {
      ReplyCodec.Received received = ReplyCodec.decode(bytes);
      ServerHello hello = received.hello();
      if (hello != null && !open) {
        maxRequestBytes = hello.getMaxRequestBytes();
        open = true;
        listener.opened();
      }
      if (!received.replies().isEmpty()) {
        outbox.hold(); // what the answers cause leaves as one message
        try {
          listener.replies(received.replies());
        } finally {
          outbox.release();
        }
      }
    } catch (IOException e) {
      call.cancel("a node's answer was not understood: " + e.getMessage(), e);
    }
  }

  @Override
  public boolean send(List<ClientRequest> batch) {
    if (!open) {
      return false;
    }
    for (ClientRequest request : batch) {
      if (ClientCodec.byteLength(request) > maxRequestBytes) {
        return sendWithin(batch);
      }
    }
    return outbox.offerAll(batch);
  }

  /** What the node could not take would end the stream for all: it is refused here. */
  private boolean sendWithin(List<ClientRequest> batch) {
    List<ClientRequest> small = new ArrayList<>(batch.size());
    List<ClientReply> refused = new ArrayList<>(1);
    for (ClientRequest request : batch) {
      long bytes = ClientCodec.byteLength(request);
      if (bytes > maxRequestBytes) {
        String detail =
            "a request of "
                + bytes
                + " bytes is over the limit of "
                + maxRequestBytes
                + " of the node at "
                + address;
        refused.add(new ClientReply.Refused(request.id(), new Refusal.Invalid(detail), null, null));
      } else {
        small.add(request);
      }
    }
    if (!small.isEmpty() && !outbox.offerAll(small)) {
      return false;
    }
    transport.after(0, () -> listener.replies(refused));
    return true;
  }

  @Override
  public void room() {
    listener.writable();
  }

  @Override
  public boolean isReady() {
    return open && call.isReady();
  }

  @Override
  public void transmit(List<ClientRequest> batch) {
    call.sendMessage(ClientCodec.encode(batch));
  }

  /** Whatever was thrown on this stream ends this stream, and nothing else. */
  @Override
  public void failed(Throwable why) {
    call.cancel("requests could not be sent: " + Bounds.text(why.toString()), why);
  }

  @Override
  public void onReady() {
    outbox.drain();
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    closed(Channels.describe(status));
  }

  @Override
  public void close() {
    boolean started;
    synchronized (call) { // a call must not be cancelled before it is started
      abandoned = true;
      started = dialled;
    }
    if (started) {
      call.cancel("closed by the client", null);
    } else {
      closed("closed by the client before it was dialled");
    }
  }

  private void closed(String reason) {
    open = false;
    outbox.close();
    channel.shutdownNow();
    transport.over(this);
    if (over.compareAndSet(false, true)) {
      listener.closed("the connection to " + address + " is closed: " + reason);
    }
  }
}
