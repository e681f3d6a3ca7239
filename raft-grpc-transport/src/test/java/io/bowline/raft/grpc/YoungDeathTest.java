package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.net.InetAddresses;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connections that are answered and die young do not begin the pauses anew. */
class YoungDeathTest {
  private static final long LIFE_MILLIS = 300; // hellos are answered by then

  /** Lets each connection live for a moment, then resets it; takes note of each attempt. */
  private static final class Reaper implements AutoCloseable {
    final AtomicInteger attempts = new AtomicInteger();
    private final ServerSocket listening =
        new ServerSocket(0, 50, InetAddresses.forString("127.0.0.1"));
    private final HostPort target;
    private final ScheduledExecutorService deaths = Executors.newSingleThreadScheduledExecutor();
    private volatile boolean healed;

    Reaper(String target) throws IOException {
      this.target = HostPort.parse("target", target);
      run(this::accept);
    }

    String address() {
      return "127.0.0.1:" + listening.getLocalPort();
    }

    void heal() {
      healed = true;
    }

    private static void run(Runnable task) {
      Thread thread = new Thread(task, "reaper");
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      try {
        while (true) {
          Socket near = listening.accept();
          attempts.incrementAndGet();
          Socket far = new Socket(target.host(), target.port());
          run(() -> pump(near, far));
          run(() -> pump(far, near));
          if (!healed) {
            Future<?> death =
                deaths.schedule(() -> reset(near, far), LIFE_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(death).isNotNull();
          }
        }
      } catch (IOException closed) {
        // the end of the test
      }
    }

    private static void pump(Socket from, Socket to) {
      try (from;
          to) {
        from.getInputStream().transferTo(to.getOutputStream());
      } catch (IOException broken) {
        // so is the other way
      }
    }

    private static @Nullable Void reset(Socket... both) throws IOException {
      for (Socket one : both) {
        if (!one.isClosed()) {
          one.setSoLinger(true, 0);
          one.close();
        }
      }
      return null;
    }

    @Override
    public void close() throws IOException {
      listening.close();
      deaths.shutdownNow();
    }
  }

  @Test
  void theyAreDialledAtGrowingPausesAndFoundSoonAfterwards() throws IOException {
    try (TestHost n1 = TestHost.start("n1").serve();
        TestHost n2 = TestHost.start("n2").serve();
        Reaper there = new Reaper(n2.transport.address());
        Reaper back = new Reaper(n1.transport.address())) {
      n1.transport.peers(TestHost.GROUP, Map.of(n2.id, List.of(there.address())));
      n2.transport.peers(TestHost.GROUP, Map.of(n1.id, List.of(back.address())));
      await().until(() -> there.attempts.get() >= 6 && !n1.opened.isEmpty());

      int before = there.attempts.get();
      await()
          .pollDelay(Duration.ofSeconds(10))
          .atMost(Duration.ofSeconds(12))
          .until(() -> there.attempts.get() > before);
      // Two connections, each at most once in the longest pause, and once when the other dials.
      assertThat(there.attempts.get() - before).isLessThan(40);

      there.heal();
      back.heal();
      Message vote = new Message.PreVote(n1.id, 1, EntryId.ZERO);
      await().atMost(Duration.ofMillis(3_500)).until(() -> n1.send(n2, vote));
    }
  }
}
