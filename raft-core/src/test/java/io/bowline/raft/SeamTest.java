package io.bowline.raft;

import static io.bowline.raft.OneNodeGroups.ALONE;
import static io.bowline.raft.OneNodeGroups.committed;
import static io.bowline.raft.OneNodeGroups.served;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Outcome;
import io.bowline.raft.runtime.BentEnvironment;
import io.bowline.raft.runtime.NodeEnvironment;
import io.bowline.raft.runtime.RealEnvironment;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.DiskFile;
import io.bowline.raft.storage.FileDisk;
import io.bowline.raft.storage.StorageOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every method by which the library calls code of an embedder, each harmed in every way: the damage
 * is that one call, or at most that one node, with its true reason. A new method of a seam without
 * a row fails. Codecs, apply and query have a class of their own.
 */
class SeamTest {
  /** What becomes of the node whose code does harm. */
  enum Fate {
    /** It goes on, and serves when the harm is over. */
    SERVES,
    /** It goes on, or has halted and says what was thrown; its files are whole. */
    MAY_HALT
  }

  /** What the code does. */
  private enum Harm {
    THROWS,
    FAILS,
    REJECTS,
    BLOCKS,
    INTERRUPTS
  }

  static final Map<String, Fate> ROWS = new TreeMap<>();

  static {
    for (String event : List.of("Gained", "Lost")) {
      ROWS.put("RaftListener.leadership" + event, Fate.SERVES);
    }
    ROWS.put("RaftListener.leaderChanged", Fate.SERVES);
    ROWS.put("RaftListener.healthChanged", Fate.SERVES);
    ROWS.put("RaftListener.halted", Fate.SERVES);
    ROWS.put("RaftMetrics.node", Fate.SERVES);
    ROWS.put("Sink.set", Fate.SERVES);
    ROWS.put("Sink.add", Fate.SERVES);
    ROWS.put("Sink.time", Fate.SERVES);
    ROWS.put("Sink.close", Fate.SERVES);
    ROWS.put("Executor.execute", Fate.SERVES); // where callbacks run
    ROWS.put("Callback.run", Fate.SERVES); // what is chained to an outcome
    ROWS.put("RAFT.execute", Fate.SERVES);
    ROWS.put("LOG.execute", Fate.SERVES);
    ROWS.put("APPLY.execute", Fate.SERVES);
    ROWS.put("SNAPSHOT.execute", Fate.SERVES);
    for (Class<?> part : List.of(Disk.class, DiskFile.class)) {
      methods(part).forEach(method -> ROWS.put(method, Fate.MAY_HALT));
    }
  }

  @TempDir static Path beside;
  private static @Nullable OneNodeGroups straightGroups;
  private static @Nullable RaftNode<String, Long> straight;

  @TempDir Path directory;
  private OneNodeGroups groups = new OneNodeGroups(Path.of("."));
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile @Nullable String struck;
  private volatile Harm harm = Harm.THROWS;
  private final AtomicInteger strikes = new AtomicInteger();

  /** A node that no harm is done to, in the same process. */
  @BeforeAll
  static void openBeside() throws Exception {
    OneNodeGroups own = new OneNodeGroups(beside);
    straightGroups = own;
    straight =
        served(own.group(own.host(h -> {}), "straight", new CountingMachine()).bootstrap(ALONE));
  }

  @AfterAll
  static void closeBeside() {
    Objects.requireNonNull(straightGroups).close();
  }

  private static RaftNode<String, Long> straight() {
    return Objects.requireNonNull(straight);
  }

  @BeforeEach
  void open() {
    groups = new OneNodeGroups(directory);
  }

  @AfterEach
  void close() {
    struck = null;
    release.countDown();
    groups.close();
  }

  private GroupBuilder<String, Long> quick(RaftHost host, String id) {
    return groups
        .group(host, id, new CountingMachine())
        .storageOptions(StorageOptions.defaults().withSegmentBytes(64 << 10))
        .config(OneNodeGroups.QUICK);
  }

  private static Set<String> methods(Class<?> seam) {
    Set<String> names = new TreeSet<>();
    for (Method method : seam.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())) {
        names.add(seam.getSimpleName() + "." + method.getName());
      }
    }
    return names;
  }

  @Test
  void everyMethodOfASeamHasARow() {
    Set<String> seams = new TreeSet<>();
    for (Class<?> seam :
        List.of(
            RaftListener.class,
            RaftMetrics.class,
            RaftMetrics.Sink.class,
            Executor.class,
            Disk.class,
            DiskFile.class)) {
      seams.addAll(methods(seam));
    }
    seams.add("Callback.run");
    for (NodeEnvironment.Stage stage : NodeEnvironment.Stage.values()) {
      if (stage != NodeEnvironment.Stage.CALLBACK) {
        seams.add(stage + ".execute");
      }
    }

    assertThat(ROWS.keySet()).containsExactlyElementsOf(seams);
  }

  @Test
  void theSinkOfANodeThatIsClosedIsClosedOnce() throws Exception {
    Silent sink = new Silent();
    RaftHost host = groups.host(h -> h.metrics((group, node) -> sink));
    RaftNode<String, Long> node =
        served(groups.group(host, "measured", new CountingMachine()).bootstrap(ALONE));
    assertThat(sink.closed).hasValue(0);

    assertThat(node.close(Duration.ofSeconds(10))).isTrue();
    assertThat(sink.closed).hasValue(1);
    assertThat(node.close(Duration.ofSeconds(10))).isTrue();
    assertThat(sink.closed).hasValue(1);
  }

  /** Each row with each harm; what a caller of an executor throws is no harm of a listener. */
  static Stream<Object[]> rowsAndHarms() {
    return ROWS.keySet().stream()
        .flatMap(row -> Stream.of(Harm.values()).map(harm -> new Object[] {row, harm}))
        .filter(pair -> pair[1] != Harm.REJECTS || ((String) pair[0]).endsWith(".execute"))
        .filter(pair -> pair[1] != Harm.BLOCKS || isBlockable((String) pair[0]));
  }

  /** A stage that never takes a task is a node that does nothing: nothing to be shown. */
  private static boolean isBlockable(String row) {
    return !row.endsWith(".execute");
  }

  private static boolean isStage(String row) {
    return row.endsWith(".execute") && !row.startsWith("Executor.");
  }

  private void strike(String method) {
    if (!method.equals(struck)) {
      return;
    }
    if (isStage(method) && strikes.incrementAndGet() > 3) {
      return; // one that refuses for ever runs nothing, not even a deadline
    }
    if (harm == Harm.THROWS) {
      throw new IllegalStateException("harm done by " + method);
    }
    if (harm == Harm.FAILS) {
      throw new NoClassDefFoundError("harm done by " + method);
    }
    if (harm == Harm.REJECTS) {
      throw new RejectedExecutionException("harm done by " + method);
    }
    if (harm == Harm.INTERRUPTS) {
      Thread.currentThread().interrupt();
    } else {
      block();
    }
  }

  private void block() {
    while (true) {
      try {
        release.await();
        return;
      } catch (InterruptedException e) {
        throw new AssertionError("somebody interrupts threads", e);
      }
    }
  }

  /** Calls the other one, after the harm. */
  private <T> T bent(Class<T> seam, T straight) {
    return seam.cast(
        Proxy.newProxyInstance(
            seam.getClassLoader(),
            new Class<?>[] {seam},
            (self, method, arguments) -> {
              strike(seam.getSimpleName() + "." + method.getName());
              Object result;
              try {
                result = method.invoke(straight, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (result instanceof DiskFile file) {
                return bent(DiskFile.class, file);
              }
              return result instanceof RaftMetrics.Sink sink
                  ? bent(RaftMetrics.Sink.class, sink)
                  : result;
            }));
  }

  private static final class Silent implements RaftMetrics.Sink {
    private final AtomicInteger closed = new AtomicInteger();

    @Override
    public void set(String name, long value) {}

    @Override
    public void set(String name, io.bowline.raft.model.NodeId peer, long value) {}

    @Override
    public void add(String name, long delta) {}

    @Override
    public void time(String name, long nanos) {}

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  /** Only the group "harmed" has it: its node's stages, and its directory's disk. */
  private final class BentWorld extends BentEnvironment {
    BentWorld(NodeEnvironment straight) {
      super(straight);
    }

    @Override
    public Executor executor(Stage stage) {
      Executor straight = super.executor(stage);
      String name = stage == Stage.CALLBACK ? "Executor.execute" : stage + ".execute";
      return task -> {
        strike(name);
        straight.execute(task);
      };
    }
  }

  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("rowsAndHarms")
  void theDamageIsThatOneCall(String row, Harm done) throws Exception {
    RealEnvironment real = new RealEnvironment("n1", null, bent(Disk.class, new FileDisk()));
    RaftHost bentHost =
        groups.host(
            h ->
                h.environment(new BentWorld(real))
                    .metrics(bent(RaftMetrics.class, (g, n) -> new Silent())));
    List<String> halted = new CopyOnWriteArrayList<>();
    RaftListener listener =
        new RaftListener() {
          @Override
          public void halted(String reason) {
            halted.add(reason);
          }
        };
    RaftNode<String, Long> node =
        served(
            quick(bentHost, "harmed")
                .listener(bent(RaftListener.class, listener))
                .bootstrap(ALONE));

    harm = done;
    struck = row;
    List<CompletableFuture<?>> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      calls.add(node.propose("x").whenComplete((o, e) -> strike("Callback.run")));
      calls.add(node.read("x"));
    }
    assertThat(committed(straight().propose("y"))).isPositive();
    for (CompletableFuture<?> call : calls) {
      if (done != Harm.BLOCKS) {
        assertThat(call.handle((o, e) -> "ended").orTimeout(20, SECONDS).join()).isNotNull();
      }
    }
    if (!row.equals("Sink.close")) { // which is called last
      struck = null;
    }
    release.countDown();
    for (CompletableFuture<?> call : calls) {
      assertThat(call.handle((o, e) -> "ended").orTimeout(20, SECONDS).join()).isNotNull();
    }

    NodeStatus status = node.status().orTimeout(20, SECONDS).join();
    if (status.haltedBecause() == null) {
      assertThat(halted).isEmpty();
      served(node);
      assertThat(halted).isEmpty();
    } else {
      assertThat(ROWS.get(row)).isEqualTo(Fate.MAY_HALT);
      String reason = done == Harm.INTERRUPTS ? "a write to the log failed" : "harm done by " + row;
      assertThat(status.haltedBecause()).contains(reason);
    }
    assertThat(node.close(Duration.ofSeconds(10))).isTrue();
    assertThat(Outcome.class.isInstance(node.propose("z").orTimeout(20, SECONDS).join())).isTrue();
    served(quick(groups.host(h -> {}), "harmed").resume());
    real.close();
  }
}
