package io.bowline.raft;

import static io.bowline.raft.OneNode.committed;
import static io.bowline.raft.OneNode.outcome;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a session says of one command whose attempts overlap. */
class RaftSessionTest {
  @Test
  @Timeout(60)
  void whatIsRefusedWhileAnotherAttemptIsUnderWayMayBeApplied() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    RaftConfig config =
        OneNode.config().proposalTimeout(Duration.ofSeconds(10)).maxPendingProposals(1).build();
    try (OneNode one = new OneNode(config)) {
      RaftSession<String, Long> session = committed(one.node.openSession());
      long sequence = session.nextSequence();
      one.machine.bend(
          "apply pay",
          () -> {
            inside.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      CompletableFuture<Outcome<Long>> first = session.propose(sequence, "pay");
      while (!inside.await(20, MILLISECONDS)) { // until its waiter has returned the opening counts
        if (first.isDone() && first.join() instanceof Outcome.NotCommitted) {
          first = session.propose(sequence, "pay");
        }
      }

      Outcome<Long> second = outcome(session.propose(sequence, "pay"));

      assertThat(second)
          .isInstanceOfSatisfying(
              Outcome.Unknown.class,
              unknown -> assertThat(unknown.reason()).contains("another attempt"));
      release.countDown();
      long applied = committed(first);
      Outcome<Long> again = outcome(session.propose(sequence, "pay"));
      while (!(again instanceof Outcome.Committed)) { // the first may still count, as above
        again = outcome(session.propose(sequence, "pay"));
      }
      assertThat(again)
          .isInstanceOfSatisfying(
              Outcome.Committed.class, same -> assertThat(same.reply()).isEqualTo(applied));
    }
  }
}
