package io.bowline.raft.testkit.junit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.testkit.junit.conformance.WrongTransports.Maker;
import io.bowline.raft.testkit.junit.conformance.WrongTransports.Wrong;
import io.bowline.raft.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * For each rule of the kit a transport that breaks it is refused, by the tests of that rule only.
 */
class WrongTransportsTest {
  private static final int AT_ONCE = 4; // they wait more than they work

  private static final ThreadLocal<Maker> UNDER_TEST =
      ThreadLocal.withInitial(() -> LoopbackTransport::new);
  private static final Map<Wrong, KitRun> RUNS = new ConcurrentHashMap<>();

  /** Run by {@link KitRun} only: its name is none that a build looks for. */
  static class Kit extends TransportConformance {
    private final LoopbackNet net = new LoopbackNet();

    @Override
    protected Transport create(@Nullable String address) {
      return UNDER_TEST.get().make(net, address);
    }

    @Override
    protected List<String> refusals() {
      return net.refusals;
    }

    @Override
    protected Cable cable(String address) {
      return net.lay(address);
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(1);
    }

    @Override
    protected Duration aWhile() {
      return Duration.ofMillis(40);
    }
  }

  @BeforeAll
  static void runThemAll() throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
    for (Wrong wrong : wrongTransports()) {
      pool.execute(
          () -> {
            UNDER_TEST.set(wrong.maker());
            RUNS.put(wrong, KitRun.of(Kit.class));
          });
    }
    pool.shutdown();
    assertThat(pool.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
  }

  static List<Wrong> wrongTransports() {
    return WrongTransports.ALL;
  }

  @ParameterizedTest
  @MethodSource("wrongTransports")
  void aWrongTransportIsRefusedByTheTestsOfItsRule(Wrong wrong) {
    KitRun run = RUNS.get(wrong);

    assertThat(run).as("its run").isNotNull();
    assertThat(run.failed())
        .as("what refuses a transport that %s: %s", wrong, run.failures())
        .containsExactlyInAnyOrderElementsOf(wrong.seenBy());
  }

  @Test
  void eachRuleHasATransportThatBreaksIt() {
    Set<String> seen = new TreeSet<>();
    wrongTransports().forEach(wrong -> seen.addAll(wrong.seenBy()));

    assertThat(seen).isEqualTo(KitRun.testsOf(TransportConformance.class));
  }
}
