package io.bowline.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * After how long whole nodes say that they do not serve, trouble by trouble, as leader and as
 * follower, and that they say it when it is over: the bounds of docs/operations/health.md.
 */
@Timeout(60)
class HealthShownTest {
  private static final long T = ThreeHosts.ELECTION_TIMEOUT.toMillis();

  /** What threads that wait for a processor take beyond a bound. */
  private static final long SLACK = 1_000;

  @TempDir Path directory;
  private final Map<NodeId, BreakableDisk> disks = new ConcurrentHashMap<>();
  private final Map<NodeId, Boolean> serves = new ConcurrentHashMap<>();
  private volatile boolean blocked;

  private ThreeHosts open() throws RaftException {
    ThreeHosts three =
        new ThreeHosts(
            directory,
            (id, host) -> host.disk(disks.computeIfAbsent(id, any -> new BreakableDisk())),
            (id, event) -> heard(id, event));
    for (NodeId id : ThreeHosts.IDS) {
      three.machine(id).bend("apply block", () -> block());
      awaitServing(id, true, 20_000);
    }
    three.commit("first");
    return three;
  }

  private void heard(NodeId id, String event) {
    if (event.equals("serves") || event.equals("does not serve")) {
      serves.put(id, event.equals("serves"));
    }
  }

  private void block() {
    while (blocked) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private long awaitServing(NodeId id, boolean wanted, long most) {
    long asked = System.nanoTime();
    await()
        .alias(id + (wanted ? " serves" : " does not serve"))
        .atMost(Duration.ofMillis(most))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> serves.getOrDefault(id, false) == wanted);
    return (System.nanoTime() - asked) / 1_000_000;
  }

  private void shows(NodeId id, String trouble, long bound) {
    long millis = awaitServing(id, false, bound + SLACK);
    System.out.println(trouble + " shows after " + millis + " ms, the bound is " + bound);
  }

  private void isOver(NodeId id, String trouble) {
    long millis = awaitServing(id, true, 4 * T + SLACK);
    System.out.println(trouble + " is over after " + millis + " ms");
  }

  private static NodeId who(ThreeHosts three, boolean leads) {
    return leads ? three.leader() : three.follower();
  }

  @ParameterizedTest(name = "leads: {0}")
  @ValueSource(booleans = {true, false})
  void aStateMachineThatIsStuck(boolean leads) throws Exception {
    try (ThreeHosts three = open()) {
      NodeId id = who(three, leads);
      ThreeHosts.IDS.stream()
          .filter(other -> !other.equals(id))
          .forEach(other -> three.machine(other).mend("apply block"));
      blocked = true;
      var unused = three.node(three.leader()).propose("block");

      shows(id, "apply_stuck", T);
      blocked = false;
      isOver(id, "apply_stuck");
    }
  }

  @ParameterizedTest(name = "leads: {0}")
  @ValueSource(booleans = {true, false})
  void aNodeThatIsCutOff(boolean leads) throws Exception {
    try (ThreeHosts three = open()) {
      NodeId id = who(three, leads);
      three.network.isolate(id);

      shows(id, "no_leader", 2 * T);
      three.network.heal();
      isOver(id, "no_leader");
    }
  }

  @Test
  void whoeverIsInAMinority() throws Exception {
    try (ThreeHosts three = open()) {
      NodeId left = three.leader();
      for (NodeId id : ThreeHosts.IDS) {
        if (!id.equals(left)) {
          three.network.isolate(id);
        }
      }
      for (NodeId id : ThreeHosts.IDS) {
        shows(id, "no_leader of " + id, 2 * T);
      }
      three.network.heal();
      for (NodeId id : ThreeHosts.IDS) {
        isOver(id, "no_leader of " + id);
      }
    }
  }

  @ParameterizedTest(name = "leads: {0}")
  @ValueSource(booleans = {true, false})
  void aDiskThatStalls(boolean leads) throws Exception {
    try (ThreeHosts three = open()) {
      NodeId id = who(three, leads);
      disk(id).fault = BreakableDisk.Fault.STALLS;
      var unused = three.node(three.leader()).propose("x");

      shows(id, "disk_stalled", T);
      disk(id).fault = BreakableDisk.Fault.NONE;
      isOver(id, "disk_stalled");
    }
  }

  @ParameterizedTest(name = "leads: {0}")
  @ValueSource(booleans = {true, false})
  void aDiskThatIsFull(boolean leads) throws Exception {
    try (ThreeHosts three = open()) {
      NodeId id = who(three, leads);
      disk(id).fault = BreakableDisk.Fault.FULL;
      three.commit("x".repeat(45_000)); // the segment after the next has no room

      shows(id, "disk_full", T);
      disk(id).fault = BreakableDisk.Fault.NONE;
      isOver(id, "disk_full");
    }
  }

  @ParameterizedTest(name = "leads: {0}")
  @ValueSource(booleans = {true, false})
  void aLogThatFails(boolean leads) throws Exception {
    try (ThreeHosts three = open()) {
      NodeId id = who(three, leads);
      disk(id).fault = BreakableDisk.Fault.FAILS;
      var unused = three.node(three.leader()).propose("x");

      shows(id, "ended, by its log", 0);
      await()
          .untilAsserted(
              () -> assertThat(three.events(id)).anyMatch(e -> e.startsWith("halted: ")));
    }
  }

  @ParameterizedTest(name = "leads: {0}")
  @ValueSource(booleans = {true, false})
  void aStateMachineThatThrows(boolean leads) throws Exception {
    try (ThreeHosts three = open()) {
      NodeId id = who(three, leads);
      three.machine(id).bend("StateMachine.apply", HealthShownTest::fail);
      var unused = three.node(three.leader()).propose("x");

      shows(id, "ended, by apply", 0);
      assertThat(three.events(id)).anyMatch(e -> e.contains("a bug of the machine"));
    }
  }

  private static void fail() {
    throw new IllegalStateException("a bug of the machine");
  }

  @ParameterizedTest(name = "leads: {0}")
  @ValueSource(booleans = {true, false})
  void aNodeThatIsClosed(boolean leads) throws Exception {
    try (ThreeHosts three = open()) {
      NodeId id = who(three, leads);
      three.close(id);

      shows(id, "ended, by its owner", 0);
    }
  }

  private BreakableDisk disk(NodeId id) {
    return disks.computeIfAbsent(id, any -> new BreakableDisk());
  }
}
