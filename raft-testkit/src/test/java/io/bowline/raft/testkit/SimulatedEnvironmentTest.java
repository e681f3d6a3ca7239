package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.runtime.NodeEnvironment.Stage;
import io.bowline.raft.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedEnvironmentTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Simulation simulation = new Simulation(1);
  private final SimulatedDisk disk =
      new SimulatedDisk(new Prng(2), simulation.forces(0, new DiskTiming(new Prng(3), 1_000_000)));
  private final Life life = new Life(0, 1);
  private final List<String> heard = new ArrayList<>();

  private SimulatedEnvironment environment(long seed, Life of) {
    return new SimulatedEnvironment(
        simulation, of, new SimulatedClock(77, 100), disk.mount(), new Prng(seed), 0, 0);
  }

  @Test
  void aTimerFiresNotBeforeItsDeadlineOnTheNodesOwnClock() {
    SimulatedEnvironment environment = environment(1, life);
    long[] fired = new long[1];
    long deadline = environment.nanoTime() + 300_000_000;
    environment.schedule(deadline, () -> fired[0] = environment.nanoTime());
    environment.schedule(deadline, () -> heard.add("cancelled")).run();

    simulation.run(SECOND);

    assertThat(fired[0]).isBetween(deadline, deadline + 5_000_000);
    assertThat(heard).isEmpty();
  }

  @Test
  void aClockRunsAtItsOwnRate() {
    SimulatedClock fast = new SimulatedClock(5, 200);
    SimulatedClock slow = new SimulatedClock(5, -50_000);
    long hour = Duration.ofHours(1).toNanos();

    assertThat(fast.read(hour) - fast.read(0)).isEqualTo(hour + hour / 5_000);
    assertThat(slow.read(hour) - slow.read(0)).isEqualTo(hour - hour / 20);
    for (SimulatedClock clock : List.of(fast, slow)) {
      long deadline = clock.read(hour) + 123_456_789;
      long time = clock.trueTimeOf(deadline, hour);
      assertThat(clock.read(time)).isGreaterThanOrEqualTo(deadline);
      assertThat(clock.read(time - 1)).isLessThan(deadline);
    }
  }

  @Test
  void aDeadlineThatHasOverflowedIsNoTimer() {
    SimulatedClock clock = new SimulatedClock(5, 0);
    long neverHeard = Long.MIN_VALUE + 1;

    assertThat(clock.trueTimeOf(-1_000, 10)).isEqualTo(10); // late, so at once
    assertThatThrownBy(() -> clock.trueTimeOf(neverHeard, 10))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("overflowed")
        .hasMessageContaining("" + neverHeard);
  }

  @Test
  void tasksOfOneStageRunInOrderAndThoseOfTwoInAnOrderThatTheSeedDecides() {
    Set<String> orders = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      Simulation world = new Simulation(seed);
      SimulatedEnvironment environment =
          new SimulatedEnvironment(
              world, life, new SimulatedClock(0, 0), disk.mount(), world.random("node"), 0, 0);
      StringBuilder order = new StringBuilder();
      for (int i = 0; i < 3; i++) {
        String number = Integer.toString(i);
        environment.executor(Stage.RAFT).execute(() -> order.append('r').append(number));
        environment.executor(Stage.LOG).execute(() -> order.append('l').append(number));
      }
      world.run(SECOND);
      assertThat(order.toString().replaceAll("l.", "")).isEqualTo("r0r1r2");
      assertThat(order.toString().replaceAll("r.", "")).isEqualTo("l0l1l2");
      orders.add(order.toString());
    }

    assertThat(orders).hasSizeGreaterThan(10);
  }

  @Test
  void aForceCallsBackOnTheStageThatAskedForIt() throws IOException {
    SimulatedEnvironment environment = environment(1, life);
    environment.disk().createDirectories(Path.of("/d"));
    DiskFile file = environment.disk().create(Path.of("/d/f"));
    environment
        .executor(Stage.LOG)
        .execute(
            () -> {
              try {
                file.write(ByteBuffer.wrap(new byte[] {1}), 0);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
              file.force(failure -> heard.add("durable " + simulation.now() / 1_000_000));
              heard.add("asked");
            });

    simulation.run(SECOND);

    assertThat(heard).hasSize(2);
    assertThat(heard.get(0)).isEqualTo("asked");
    assertThat(heard.get(1)).startsWith("durable ");
  }

  @Test
  void aDeadProcessRunsNothingAndAPausedOneRunsItLater() {
    Life paused = new Life(1, 1);
    environment(1, life).executor(Stage.RAFT).execute(() -> heard.add("dead"));
    SimulatedEnvironment second = environment(2, paused);
    second.executor(Stage.RAFT).execute(() -> heard.add("paused " + simulation.now()));
    second.schedule(second.nanoTime() + 5, () -> heard.add("timer " + simulation.now()));
    life.end();
    paused.pauseUntil(500_000_000);

    simulation.run(SECOND);

    assertThat(heard).containsExactlyInAnyOrder("paused 500000000", "timer 500000000");
  }

  @Test
  void purposesHaveRandomNumbersOfTheirOwn() {
    long first = environment(1, life).random("election").nextLong();

    assertThat(environment(1, life).random("election").nextLong()).isEqualTo(first);
    assertThat(environment(1, life).random("epoch").nextLong()).isNotEqualTo(first);
    assertThat(environment(2, life).random("election").nextLong()).isNotEqualTo(first);
  }
}
