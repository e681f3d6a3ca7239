package io.bowline.raft.grpc;

import io.bowline.raft.grpc.proto.ClientHello;
import io.bowline.raft.grpc.proto.ReplyBatch;
import io.bowline.raft.grpc.proto.ServerHello;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.Frame;
import io.bowline.raft.transport.Greetings;
import io.bowline.raft.transport.TransportHandler.ReplySink;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients: one stream for each, batches of requests in, batches of answers out in any order. A
 * client that does not read its answers is not read from either, so it can fill no memory here.
 */
final class ClientService extends ServerCall.Listener<byte[]>
    implements ReplySink, Outbox.Exit<ClientReply> {
  private final PeerContext context;
  private final ServerCall<byte[], Outgoing> call;
  private final Outbox<ClientReply> outbox;
  private final Greetings greetings = new Greetings();
  private final Object flow = new Object();
  private boolean greeted;
  private volatile int maxReplyBytes;

  /** Requests that are not answered; guarded by {@code flow}, as is whether reading pauses. */
  private int open;

  private boolean paused;

  private ClientService(PeerContext context, ServerCall<byte[], Outgoing> call) {
    this.context = context;
    this.call = call;
    this.outbox =
        new Outbox<>(Long.MAX_VALUE, TransportLimits.BATCH_BYTES, ReplyCodec::byteLength, this);
  }

  static ServerServiceDefinition define(PeerContext context) {
    return ServerServiceDefinition.builder(Methods.CLIENT)
        .addMethod(
            Methods.served(Methods.CLIENT, Methods.REQUESTS),
            (call, headers) -> {
              call.sendHeaders(new Metadata());
              call.setOnReadyThreshold(Outbox.READY_BYTES);
              call.request(1);
              return new ClientService(context, call);
            })
        .build();
  }

  @Override
  public void onMessage(byte[] bytes) {
    try {
      ClientCodec.Received received = ClientCodec.decode(bytes);
      ClientHello hello = received.hello();
      if (hello != null) {
        greet(hello);
      }
      if (!received.requests().isEmpty()) {
        if (!greeted) {
          throw new IOException("requests came before the hello");
        }
        synchronized (flow) {
          open += received.requests().size();
        }
        context.handler.requests(received.requests(), this);
      }
      readOn();
    } catch (IOException e) {
      String reason = Bounds.text(e);
      context.warnings.warn("a client's message was not understood", "client", reason);
      end(Status.INVALID_ARGUMENT, reason);
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  /** Whatever was thrown on this stream ends this stream, and nothing else. */
  @Override
  public void failed(Throwable why) {
    String reason = Bounds.text(why.toString());
    context.warnings.warn("a client's stream failed", "client", reason);
    if (!outbox.abandon(() -> close(Status.INTERNAL, reason))) {
      close(Status.INTERNAL, reason);
    }
  }

  private void close(Status status, String reason) {
    try {
      call.close(status.withDescription(reason), new Metadata());
    } catch (IllegalStateException closed) {
      outbox.close();
    }
  }

  private void greet(ClientHello hello) {
    if (hello.getProtocol() != Handshake.PROTOCOL) {
      String reason =
          "the client speaks protocol "
              + hello.getProtocol()
              + ", "
              + context.local.node()
              + " speaks "
              + Handshake.PROTOCOL
              + ": bring both to one version";
      context.warnings.warn("refused a client", "client", reason);
      end(Status.FAILED_PRECONDITION, reason);
      return;
    }
    maxReplyBytes = hello.getMaxReplyBytes();
    greeted = true;
    call.sendMessage( // before any reply: none can have been asked for
        new ProtoOutgoing(
            ReplyBatch.newBuilder()
                .setHello(
                    ServerHello.newBuilder()
                        .setProtocol(Handshake.PROTOCOL)
                        .setCluster(context.local.cluster().value())
                        .setNode(context.local.node().value())
                        .setMaxRequestBytes(Frame.MAX_PAYLOAD_BYTES))
                .build()));
  }

  private void end(Status status, String reason) {
    outbox.abandon(() -> close(status, reason));
  }

  private void readOn() {
    synchronized (flow) {
      if (open >= context.limits.clientRequests()
          || outbox.queuedBytes() >= context.limits.clientReplyBytes()) {
        paused = true;
        return;
      }
    }
    call.request(1);
  }

  /** Answers left: if reading pauses, goes on when half of the limits is free again. */
  private void resume(int answered) {
    synchronized (flow) {
      open -= answered;
      if (!paused
          || open > context.limits.clientRequests() / 2
          || outbox.queuedBytes() > context.limits.clientReplyBytes() / 2) {
        return;
      }
      paused = false;
    }
    call.request(1);
  }

  @Override
  public Greetings greetings() {
    return greetings;
  }

  @Override
  public void reply(List<ClientReply> replies) {
    outbox.add(withinLimit(replies));
    resume(replies.size());
  }

  /** What the client could not take would end its stream; it was done all the same. */
  private List<ClientReply> withinLimit(List<ClientReply> replies) {
    int limit = maxReplyBytes;
    for (ClientReply reply : replies) {
      if (reply instanceof ClientReply.Done done && done.reply().length() > limit) {
        List<ClientReply> cut = new ArrayList<>(replies);
        cut.replaceAll(r -> withinLimit(r, limit));
        return cut;
      }
    }
    return replies;
  }

  private static ClientReply withinLimit(ClientReply reply, int limit) {
    return reply instanceof ClientReply.Done done && done.reply().length() > limit
        ? new ClientReply.Unknown(
            reply.id(),
            "done at index "
                + done.index()
                + ", but the reply of "
                + done.reply().length()
                + " bytes is over the client's limit of "
                + limit
                + ": raise maxReplyBytes")
        : reply;
  }

  @Override
  public boolean isReady() {
    return call.isReady();
  }

  @Override
  public void transmit(List<ClientReply> batch) {
    call.sendMessage(ReplyCodec.encode(batch));
    resume(0);
  }

  @Override
  public void onReady() {
    outbox.drain();
  }

  @Override
  public void onHalfClose() {
    outbox.finish(() -> call.close(Status.OK, new Metadata()));
  }

  @Override
  public void onCancel() {
    outbox.close();
  }

  @Override
  public void onComplete() {
    outbox.close();
  }
}
