package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A follower that is killed and started again and again does not move the leader. */
@Tag("long")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class RestartedFollowerTest {
  private static final long[] PAUSES_MILLIS = {100, 1_000, 5_000};

  /** Without a quorum a leader gives up after twice the election timeout: health.md. */
  private static final Duration GIVES_UP = ChaosCluster.ELECTION_TIMEOUT.multipliedBy(2);

  @Test
  void restartsOfAFollowerDoNotMoveTheLeaderOfAQuietGroup() throws Exception {
    try (ChaosCluster cluster = new ChaosCluster("restarted-follower", "real")) {
      int leader = cluster.awaitLeader();
      int follower = cluster.followerBut(-1);
      long term = cluster.term(leader);
      List<Long> followed = new ArrayList<>();
      for (int round = 0; round < BadTimes.rounds(12); round++) {
        followed.add(
            restart(cluster, follower, PAUSES_MILLIS[round % PAUSES_MILLIS.length]).toMillis());
        assertThat(cluster.term(leader)).as("term after restart %s", round).isEqualTo(term);
      }
      System.out.println("restarted, followed after ms: " + followed + ", term unchanged");
    }
  }

  @Test
  void restartsWhileTheThirdIsDownMoveItOnlyWhereItHadNoQuorumForTooLong() throws Exception {
    try (ChaosCluster cluster = new ChaosCluster("restarted-alone", "real")) {
      int third = cluster.followerBut(-1);
      int follower = cluster.followerBut(third);
      cluster.nodes.process(third).kill();
      List<String> rounds = new ArrayList<>();
      for (int round = 0; round < BadTimes.rounds(10); round++) {
        long term = cluster.term(cluster.awaitLeader());
        int leader = cluster.awaitLeader();
        int restarted = leader == follower ? cluster.followerBut(third) : follower;
        long begin = System.nanoTime();
        restart(cluster, restarted, 0);
        Duration without = Duration.ofNanos(System.nanoTime() - begin);
        long moved = cluster.term(cluster.awaitLeader()) - term;
        rounds.add(without.toMillis() + " ms " + moved);
        if (without.compareTo(GIVES_UP) < 0) {
          assertThat(moved).as("terms after %s without a quorum", without).isZero();
        }
        assertThat(moved).as("terms after %s without a quorum", without).isLessThanOrEqualTo(2);
      }
      System.out.println("restarted with the third down, time until it followed, terms: " + rounds);
    }
  }

  @Test
  void aFollowerThatTheLeaderReachesLateDoesNotMoveIt() throws Exception {
    ProxyNetwork network = new ProxyNetwork(ChaosCluster.SIZE);
    try (ChaosCluster cluster = new ChaosCluster("late-dial", "real", network)) {
      int leader = cluster.awaitLeader();
      int follower = cluster.followerBut(-1);
      long term = cluster.term(leader);
      List<Long> followed = new ArrayList<>();
      for (int round = 0; round < BadTimes.rounds(6); round++) {
        cluster.nodes.process(follower).kill();
        network.refuse(leader, follower);
        cluster.nodes.start(follower);
        cluster.nodes.awaitListening(follower, ChaosCluster.PATIENCE);
        BadTimes.pass(Duration.ofMillis(1_900));
        network.heal();
        followed.add(cluster.awaitFollowing(follower, ChaosCluster.PATIENCE).toMillis());
        assertThat(cluster.term(leader)).as("term after start %s", round).isEqualTo(term);
      }
      System.out.println("refused for 1.9 s after its start, followed after ms: " + followed);
    }
  }

  /** Kills it, starts it again after a pause; how long it took from the start until it followed. */
  private static Duration restart(ChaosCluster cluster, int node, long pauseMillis)
      throws Exception {
    cluster.nodes.process(node).kill();
    BadTimes.pass(Duration.ofMillis(pauseMillis));
    cluster.nodes.start(node);
    return cluster.awaitFollowing(node, ChaosCluster.PATIENCE);
  }
}
