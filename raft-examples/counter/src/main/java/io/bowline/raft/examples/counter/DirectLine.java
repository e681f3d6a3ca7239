package io.bowline.raft.examples.counter;

import io.bowline.raft.client.ClientTransport;
import io.bowline.raft.grpc.GrpcClientTransport;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/**
 * Asks one node and no other: no redirect, no retry. What it was asked and did not answer when the
 * connection closed ends {@code Unknown}.
 */
final class DirectLine implements ClientTransport.Listener, AutoCloseable {
  private static final long RETRY_NANOS = 20_000_000;

  private final GrpcClientTransport transport = GrpcClientTransport.create();
  private final CompletableFuture<Boolean> opened = new CompletableFuture<>();
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<ClientReply>> waiting = new ConcurrentHashMap<>();
  private final ClientTransport.Connection connection;

  private DirectLine(String address) {
    connection = transport.connect(address, this);
  }

  /** Connects; tries again until it has, or for so long. */
  static DirectLine to(String address, Duration patience)
      throws TimeoutException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      DirectLine line = new DirectLine(address);
      try {
        line.opened.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        ClientReply answer = line.greet().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (answer instanceof ClientReply.Founded) {
          return line;
        }
        line.close();
        LockSupport.parkNanos(RETRY_NANOS); // its group is not open yet
      } catch (ExecutionException e) {
        line.close();
        LockSupport.parkNanos(RETRY_NANOS); // refused: it may be starting
      } catch (TimeoutException | InterruptedException e) {
        line.close();
        throw e;
      }
    }
  }

  private CompletableFuture<ClientReply> greet() {
    return ask(id -> new ClientRequest.Greet(id, CounterMain.GROUP, RETRY_NANOS, null));
  }

  CompletableFuture<ClientReply> query(String counter, Duration timeout) {
    Payload query = Payload.of(Counters.COMMANDS.encode(new Counters.Command(counter, 0)));
    return ask(id -> new ClientRequest.Query(id, CounterMain.GROUP, timeout.toNanos(), query));
  }

  CompletableFuture<ClientReply> openSession(SessionKey key, Duration timeout) {
    return ask(id -> new ClientRequest.OpenSession(id, CounterMain.GROUP, timeout.toNanos(), key));
  }

  CompletableFuture<ClientReply> add(
      SessionHeader session, String counter, long amount, Duration timeout) {
    Payload add = Payload.of(Counters.COMMANDS.encode(new Counters.Command(counter, amount)));
    return ask(
        id -> new ClientRequest.Command(id, CounterMain.GROUP, timeout.toNanos(), session, add));
  }

  /** The value in a reply to {@link #query} or {@link #add}. */
  static long value(ClientReply.Done done) {
    return Counters.COUNTS.decode(done.reply().view()).get(0).value();
  }

  private CompletableFuture<ClientReply> ask(LongFunction<ClientRequest> request) {
    long id = ids.incrementAndGet();
    CompletableFuture<ClientReply> reply = new CompletableFuture<>();
    waiting.put(id, reply);
    if (!connection.send(List.of(request.apply(id)))) {
      waiting.remove(id);
      reply.complete(new ClientReply.Unknown(id, "not sent"));
    }
    return reply;
  }

  @Override
  public void opened() {
    opened.complete(true);
  }

  @Override
  public void replies(List<ClientReply> replies) {
    for (ClientReply reply : replies) {
      CompletableFuture<ClientReply> asked = waiting.remove(reply.id());
      if (asked != null) {
        asked.complete(reply);
      }
    }
  }

  @Override
  public void writable() {
    // each question is alone: nothing waits for room
  }

  @Override
  public void closed(String reason) {
    opened.completeExceptionally(new IllegalStateException(reason));
    waiting.forEach((id, asked) -> asked.complete(new ClientReply.Unknown(id, reason)));
  }

  @Override
  public void close() {
    transport.close();
  }
}
