package io.bowline.raft.examples.counter;

import io.bowline.raft.examples.lab.ParentLink;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A client that keeps its session in a file and sends its one command again after a restart: {@code
 * FILE ADDRESS,ADDRESS,...}. Tells its parent the reply.
 */
final class PersistentClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  /** The same in each of its lives, as the session is. */
  private static final SessionKey KEY = new SessionKey(1, 2);

  private PersistentClient() {}

  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]);
    List<String> addresses = List.of(args[1].split(",", -1));
    if (!Files.exists(file)) {
      ClientReply.Done opened = done(addresses, line -> ask(line.openSession(KEY, TIMEOUT)));
      Files.writeString(file, Long.toString(opened.index()));
    }
    long session = Long.parseLong(Files.readString(file));
    SessionHeader header = new SessionHeader(session, KEY, 1, 1);
    ClientReply.Done added =
        done(addresses, line -> ask(line.add(header, ChaosNode.LAST_WORD, 7, TIMEOUT)));
    ParentLink.serve(question -> "value=" + DirectLine.value(added));
  }

  /** Goes round the nodes until one has done it. */
  private static ClientReply.Done done(
      List<String> addresses, Function<DirectLine, ClientReply> question) {
    while (true) {
      for (String address : addresses) {
        try (DirectLine line = DirectLine.to(address, TIMEOUT)) {
          if (question.apply(line) instanceof ClientReply.Done done) {
            return done;
          }
        } catch (Exception e) {
          System.err.println(address + ": " + e); // down: the next one
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }

  private static ClientReply ask(java.util.concurrent.CompletableFuture<ClientReply> reply) {
    try {
      return reply.get(TIMEOUT.toMillis() + 1_000, TimeUnit.MILLISECONDS);
    } catch (Exception e) {
      return new ClientReply.Unknown(0, e.toString());
    }
  }
}
