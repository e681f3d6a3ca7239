package io.bowline.raft.grpc;

import static org.awaitility.Awaitility.await;

import com.sun.management.OperatingSystemMXBean;
import io.bowline.raft.client.ClientTransport;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.TransportHandler;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What the transport alone carries on loopback, in one process, beside a bare gRPC stream that
 * echoes byte arrays one by one: {@code TransportBench [seconds per round] [rounds]}.
 */
public final class TransportBench {
  private static final GroupId GROUP = GroupId.of("bench");
  private static final int WINDOW = 64;

  private TransportBench() {}

  /** Runs all kinds in turn, several rounds. */
  public static void main(String[] args) throws Exception {
    double seconds = args.length > 0 ? Double.parseDouble(args[0]) : 3;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 4;
    try (Pair pair = new Pair();
        Raw raw = new Raw();
        Client direct = new Client(pair, false);
        Client handed = new Client(pair, true)) {
      for (int round = 0; round < rounds; round++) {
        print("raw gRPC echo, 4 KiB", raw.run(4096, seconds));
        print("AppendEntries of 4 KiB, answered", pair.run(4096, seconds));
        print("AppendEntries of 256 KiB, answered", pair.run(256 << 10, seconds));
        print("AppendEntries of 128 B, answered", pair.run(128, seconds));
        print("raw gRPC echo, 32 B", raw.run(32, seconds));
        print("client requests of 32 B, one by one", direct.run(seconds));
        print("client requests of 32 B, by a thread", handed.run(seconds));
      }
    }
    System.exit(0);
  }

  private record Rate(double perSecond, double cpuMicros) {}

  private static void print(String what, Rate rate) {
    System.out.printf(
        Locale.ROOT,
        "%-38s %,10.0f /s %8.2f us CPU each, both sides%n",
        what,
        rate.perSecond(),
        rate.cpuMicros());
  }

  private static Rate measure(double seconds, AtomicLong done) {
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    LockSupport.parkNanos((long) (seconds * 2e8)); // the rate is taken when the window is full
    long before = done.get();
    long cpu = process.getProcessCpuTime();
    long start = System.nanoTime();
    LockSupport.parkNanos((long) (seconds * 1e9));
    long count = done.get() - before;
    return new Rate(
        count * 1e9 / (System.nanoTime() - start),
        (process.getProcessCpuTime() - cpu) / 1e3 / Math.max(count, 1));
  }

  /** Two hosts: n1 sends AppendEntries and requests, n2 answers. */
  private static final class Pair implements AutoCloseable {
    final GrpcTransport n1 = GrpcTransport.builder().listen("127.0.0.1:0").build();
    final GrpcTransport n2 = GrpcTransport.builder().listen("127.0.0.1:0").build();
    final AtomicLong done = new AtomicLong();
    final Semaphore window = new Semaphore(0);
    final Semaphore connected = new Semaphore(0);
    final BlockingQueue<Runnable> stage = new ArrayBlockingQueue<>(100_000);
    volatile boolean handOver;

    Pair() throws Exception {
      start(n1, "n1", new Handler(this, n1));
      start(n2, "n2", new Handler(this, n2));
      n1.peers(GROUP, Map.of(NodeId.of("n2"), List.of(n2.address())));
      n2.peers(GROUP, Map.of(NodeId.of("n1"), List.of(n1.address())));
      connected.acquire(2);
      Thread worker = new Thread(this::work, "stage");
      worker.setDaemon(true);
      worker.start();
    }

    private static void start(GrpcTransport transport, String id, Handler handler)
        throws IOException {
      transport.start(new LocalNode(ClusterId.of("bench"), NodeId.of(id), 1, 4 << 20), handler);
      transport.openGroup(GROUP);
    }

    /** Like a stage of the runtime: takes what waits, all at once. */
    private void work() {
      List<Runnable> batch = new ArrayList<>();
      try {
        while (true) {
          batch.add(stage.take());
          stage.drainTo(batch);
          batch.forEach(Runnable::run);
          batch.clear();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    Rate run(int payloadBytes, double seconds) throws InterruptedException {
      EntryBatch entries =
          EntryBatch.builder(new EntryId(1, 1), 1, payloadBytes, 1)
              .add(EntryType.COMMAND, new byte[payloadBytes])
              .build();
      Message append = new Message.AppendEntries(NodeId.of("n1"), 1, 1, EntryId.ZERO, entries, 0);
      window.drainPermits();
      window.release(WINDOW);
      Thread sender =
          new Thread(
              () -> {
                while (!Thread.interrupted()) {
                  try {
                    window.acquire();
                  } catch (InterruptedException e) {
                    return;
                  }
                  n1.send(
                      GROUP,
                      new Peer(NodeId.of("n2"), TestHost.directory("n2", 1).incarnation()),
                      append);
                }
              });
      sender.start();
      Rate rate = measure(seconds, done);
      sender.interrupt();
      sender.join();
      return rate;
    }

    @Override
    public void close() {
      n1.close();
      n2.close();
    }
  }

  private record Handler(Pair pair, GrpcTransport own) implements TransportHandler {
    /** Whoever dials is who the other one is called. */
    private static Peer other(GroupLink link) {
      return new Peer(link.peer(), TestHost.directory(link.peer().value(), 1).incarnation());
    }

    @Override
    public void opened(GroupLink link) {
      String self = link.peer().value().equals("n1") ? "n2" : "n1";
      link.say(new GroupWord.Hello(GROUP, 1, TestHost.directory(self, 1)));
    }

    /** The shortest handshake that there is. */
    @Override
    public void said(GroupLink link, GroupWord word) {
      if (word instanceof GroupWord.Hello hello) {
        link.admit(other(link));
        link.say(new GroupWord.Confirmed(GROUP, hello.number()));
      } else {
        link.admit(other(link));
        if (link.isForEntries()) {
          pair.connected.release();
        }
      }
    }

    @Override
    public void refused(GroupLink link, String reason) {}

    @Override
    public void closed(GroupLink link) {}

    @Override
    public void received(GroupId group, Peer from, Message message) {
      if (message instanceof Message.AppendEntries append) {
        own.send(
            GROUP,
            from,
            new Message.AppendReply(
                NodeId.of("n2"),
                1,
                1,
                true,
                append.entries().lastIndex(),
                append.entries().lastIndex(),
                List.of()));
      } else {
        pair.done.incrementAndGet();
        pair.window.release();
      }
    }

    @Override
    public void requests(List<ClientRequest> batch, ReplySink sink) {
      Runnable answer =
          () -> {
            List<ClientReply> replies = new ArrayList<>(batch.size());
            for (ClientRequest request : batch) {
              replies.add(
                  new ClientReply.Done(
                      request.id(), 1, ((ClientRequest.Command) request).command()));
            }
            sink.reply(replies);
          };
      if (pair.handOver) {
        pair.stage.add(answer);
      } else {
        answer.run();
      }
    }
  }

  /**
   * A client with 64 outstanding requests: asks anew for each answer, one by one or by a thread.
   */
  private static final class Client implements ClientTransport.Listener, AutoCloseable {
    private final GrpcClientTransport transport = GrpcClientTransport.create();
    private final Pair pair;
    private final boolean byThread;
    private final AtomicLong done = new AtomicLong();
    private final Semaphore opened = new Semaphore(0);
    private final Payload payload = Payload.of(new byte[32]);
    private final BlockingQueue<Integer> answered = new ArrayBlockingQueue<>(WINDOW);
    private final ClientTransport.Connection connection;
    private volatile boolean running;
    private final AtomicLong asked = new AtomicLong();

    Client(Pair pair, boolean byThread) throws InterruptedException {
      this.pair = pair;
      this.byThread = byThread;
      this.connection = transport.connect(pair.n1.address(), this);
      opened.acquire();
    }

    Rate run(double seconds) throws InterruptedException {
      pair.handOver = byThread;
      running = true;
      Thread submitter = new Thread(this::submitAll, "submitter");
      submitter.start();
      answered.add(WINDOW);
      Rate rate = measure(seconds, done);
      running = false;
      submitter.interrupt();
      submitter.join();
      await().until(() -> done.get() == asked.get()); // what is in flight comes back
      answered.clear();
      return rate;
    }

    private void submitAll() {
      try {
        while (running) {
          int n = answered.take();
          for (Integer more = answered.poll(); more != null; more = answered.poll()) {
            n += more;
          }
          submit(n);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void submit(int n) {
      List<ClientRequest> batch = new ArrayList<>(n);
      for (int i = 0; i < n; i++) {
        long id = asked.incrementAndGet();
        batch.add(
            new ClientRequest.Command(
                id,
                GROUP,
                1_000_000_000,
                new SessionHeader(9, new SessionKey(1, 2), id, id),
                payload));
        if (!byThread) {
          connection.send(List.of(batch.get(i)));
        }
      }
      if (byThread) {
        connection.send(batch);
      }
    }

    @Override
    public void opened() {
      opened.release();
    }

    @Override
    public void replies(List<ClientReply> replies) {
      done.addAndGet(replies.size());
      if (!running) {
        return;
      }
      if (byThread) {
        answered.add(replies.size());
      } else {
        submit(replies.size());
      }
    }

    @Override
    public void writable() {}

    @Override
    public void closed(String reason) {}

    @Override
    public void close() {
      transport.close();
    }
  }

  /** The bound: a stream that echoes byte arrays, one message each. */
  private static final class Raw implements AutoCloseable {
    private static final MethodDescriptor.Marshaller<byte[]> BYTES =
        new MethodDescriptor.Marshaller<>() {
          @Override
          public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
          }

          @Override
          public byte[] parse(InputStream stream) {
            try {
              return stream.readAllBytes();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    private static final MethodDescriptor<byte[], byte[]> ECHO =
        MethodDescriptor.newBuilder(BYTES, BYTES)
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName("raw.Echo/Bidi")
            .build();

    private final Server server;
    private final ManagedChannel channel;
    private final AtomicLong done = new AtomicLong();
    private final Semaphore window = new Semaphore(0);
    private final StreamObserver<byte[]> out;

    Raw() throws IOException {
      server =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .directExecutor()
              .addService(
                  ServerServiceDefinition.builder("raw.Echo")
                      .addMethod(ECHO, ServerCalls.asyncBidiStreamingCall(Raw::echo))
                      .build())
              .build()
              .start();
      channel =
          Grpc.newChannelBuilder(
                  "dns:///127.0.0.1:" + server.getPort(), InsecureChannelCredentials.create())
              .directExecutor()
              .proxyDetector(target -> null)
              .build();
      out =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(ECHO, CallOptions.DEFAULT),
              observer(
                  bytes -> {
                    done.incrementAndGet();
                    window.release();
                  }));
    }

    private static StreamObserver<byte[]> echo(StreamObserver<byte[]> back) {
      return observer(back::onNext);
    }

    private static StreamObserver<byte[]> observer(java.util.function.Consumer<byte[]> next) {
      return new StreamObserver<>() {
        @Override
        public void onNext(byte[] value) {
          next.accept(value);
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
      };
    }

    Rate run(int bytes, double seconds) throws InterruptedException {
      byte[] message = new byte[bytes];
      window.drainPermits();
      window.release(WINDOW);
      Thread sender =
          new Thread(
              () -> {
                while (!Thread.interrupted()) {
                  try {
                    window.acquire();
                  } catch (InterruptedException e) {
                    return;
                  }
                  out.onNext(message);
                }
              });
      sender.start();
      Rate rate = measure(seconds, done);
      sender.interrupt();
      sender.join();
      return rate;
    }

    @Override
    public void close() {
      channel.shutdownNow();
      server.shutdownNow();
    }
  }
}
