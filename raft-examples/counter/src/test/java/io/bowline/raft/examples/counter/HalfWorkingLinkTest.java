package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The link between the leader and one follower works by halves, and the third node sees both: the
 * leader stays, and the follower is back soon when the link is.
 */
@Tag("long")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HalfWorkingLinkTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @BeforeEach
  void needsNamespaces() {
    assumeTrue(NamespaceNetwork.isPossible(), "needs root and iproute2");
  }

  /** What happens to the link. */
  @FunctionalInterface
  private interface Trouble {
    void with(NamespaceNetwork network, int leader, int follower) throws IOException;
  }

  @Test
  void aLinkThatIsCutBothWaysDoesNotMoveTheLeader() throws Exception {
    assertLeaderStays(
        "cut both ways",
        (network, leader, follower) -> {
          network.drop(leader, follower);
          network.drop(follower, leader);
          BadTimes.pass();
        });
  }

  @Test
  void aFollowerThatHearsNothingOfTheLeaderDoesNotMoveIt() throws Exception {
    assertLeaderStays(
        "leader to follower cut",
        (network, leader, follower) -> {
          network.drop(leader, follower);
          BadTimes.pass();
        });
  }

  @Test
  void aFollowerThatTheLeaderDoesNotHearDoesNotMoveIt() throws Exception {
    assertLeaderStays(
        "follower to leader cut",
        (network, leader, follower) -> {
          network.drop(follower, leader);
          BadTimes.pass();
        });
  }

  @Test
  void aLinkThatComesAndGoesDoesNotMoveTheLeader() throws Exception {
    assertLeaderStays(
        "flapping",
        (network, leader, follower) -> {
          Random random = new Random();
          for (int flap = 0; flap < BadTimes.rounds(10); flap++) {
            network.drop(leader, follower);
            network.drop(follower, leader);
            BadTimes.pass(Duration.ofMillis(300 + random.nextInt(2_700)));
            network.passAll();
            BadTimes.pass(Duration.ofMillis(300 + random.nextInt(2_700)));
          }
        });
  }

  private static void assertLeaderStays(String what, Trouble trouble) throws Exception {
    try (NamespaceNetwork network = new NamespaceNetwork(ChaosCluster.SIZE);
        ChaosCluster cluster = new ChaosCluster("half-link", "real", network);
        PacedWrites writes = new PacedWrites(network.addresses())) {
      int leader = cluster.awaitLeader();
      int follower = cluster.followerBut(-1);
      long term = cluster.term(leader);
      BadTimes.pass(Duration.ofSeconds(2)); // some writes
      long begin = System.nanoTime();

      trouble.with(network, leader, follower);
      long during = cluster.term(leader);
      network.passAll();
      Duration back = cluster.awaitFollowing(follower, SOON);

      System.out.println(
          what
              + ": terms "
              + (during - term)
              + ", followed again after "
              + back.toMillis()
              + " ms");
      assertThat(during).as("term while %s", what).isEqualTo(term);
      assertThat(cluster.term(leader)).as("term after %s", what).isEqualTo(term);
      assertThat(writes.failedSince(begin)).as("writes that failed").isZero();
    }
  }
}
