package io.bowline.raft.examples.bench;

import io.bowline.raft.examples.lab.LocalCluster;
import io.bowline.raft.examples.lab.NodeProcess;
import io.bowline.raft.examples.lab.Ports;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * What gRPC between two processes allows at most: the same bytes go over one stream to an echo and
 * come back, packed into messages as a client that batches would. Nothing is stored.
 */
final class EchoLimit implements AutoCloseable {
  static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final int[] MESSAGES = {1, 4, 16};

  private final NodeProcess server;
  private final ManagedChannel channel;

  EchoLimit(Path log) throws IOException {
    int port = Ports.free(1).get(0);
    String mainClass = EchoMain.class.getName();
    List<String> arguments = List.of(Integer.toString(port));
    this.server =
        NodeProcess.start(LocalCluster.java(List.of("-Xmx1g"), mainClass, arguments), log);
    if (server.ask("ready?", Duration.ofSeconds(20)).isEmpty()) {
      throw new IOException("the echo's process does not answer: see " + log);
    }
    this.channel =
        Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
            .directExecutor()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .build();
  }

  /**
   * Both ends compile what they will run: a cold echo was seen below the cluster that it should
   * limit. What is measured afterwards is of the same mix of message sizes.
   */
  void prewarm(double seconds) {
    for (int round = 0; round < 4; round++) {
      run(32, 64, 64, seconds / 8);
      run(1024, 64, 4, seconds / 16);
      run(32, 1, 1, seconds / 16);
    }
  }

  /** The best of some ways to pack what is outstanding into messages; payloads per second. */
  double payloadsPerSecond(int payloadBytes, int outstanding, double seconds) {
    double best = 0;
    for (int messages : MESSAGES) {
      if (messages <= outstanding) {
        run(payloadBytes, outstanding, messages, seconds / 2); // warm-up
        best = Math.max(best, run(payloadBytes, outstanding, messages, seconds));
      }
    }
    return best;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }

  private double run(int payloadBytes, int outstanding, int messages, double seconds) {
    Loop loop = new Loop(outstanding / messages);
    StreamObserver<byte[]> out =
        ClientCalls.asyncBidiStreamingCall(channel.newCall(Echo.METHOD, CallOptions.DEFAULT), loop);
    loop.out = out;
    long begin = System.nanoTime();
    for (int i = 0; i < messages; i++) {
      byte[] message = new byte[payloadBytes * (outstanding / messages)];
      synchronized (loop) {
        out.onNext(message);
      }
    }
    LockSupport.parkNanos((long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    double rate = loop.payloads.sum() * 1e9 / (System.nanoTime() - begin);
    loop.stopped = true;
    out.onError(io.grpc.Status.CANCELLED.asRuntimeException());
    return rate;
  }

  /** Sends each message again when it is back. */
  private static final class Loop implements StreamObserver<byte[]> {
    private final LongAdder payloads = new LongAdder();
    private final int payloadsPerMessage;
    private volatile StreamObserver<byte[]> out = this; // replaced before the first message
    private volatile boolean stopped;

    Loop(int payloadsPerMessage) {
      this.payloadsPerMessage = payloadsPerMessage;
    }

    @Override
    public void onNext(byte[] message) {
      payloads.add(payloadsPerMessage);
      if (!stopped) {
        synchronized (this) {
          out.onNext(message);
        }
      }
    }

    @Override
    public void onError(Throwable cause) {
      stopped = true;
    }

    @Override
    public void onCompleted() {
      stopped = true;
    }
  }
}
