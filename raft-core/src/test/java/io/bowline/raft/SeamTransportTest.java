package io.bowline.raft;

import static io.bowline.raft.OneNodeGroups.committed;
import static io.bowline.raft.ThreeMembers.CONFIG;
import static io.bowline.raft.ThreeMembers.FIRST;
import static io.bowline.raft.ThreeMembers.LATER;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.Transport;
import io.bowline.raft.transport.TransportHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A transport is foreign code: each method by which a node calls its own, harmed in every way. It
 * is the leader's; what is not sent is lost, and nothing else. A new method without a row fails.
 */
class SeamTransportTest {
  /** What becomes of the call. */
  enum Fate {
    /** It is lost; the node goes on, and serves when the harm is over. */
    LOST,
    /** Who opens or closes the host or the group is thrown it; nothing is left behind. */
    TOLD,
    /** A fact of a connection: without it the node halts, and says what was thrown. */
    MAY_HALT
  }

  private enum Harm {
    THROWS,
    FAILS,
    BLOCKS,
    INTERRUPTS
  }

  static final Map<String, Fate> ROWS = new TreeMap<>();

  static {
    for (String lost : List.of("send", "reset", "health", "peers", "closeGroup", "leaving")) {
      ROWS.put("Transport." + lost, Fate.LOST);
    }
    for (String told : List.of("start", "openGroup", "address", "close")) {
      ROWS.put("Transport." + told, Fate.TOLD);
    }
    for (String lost : List.of("say", "admit", "refuse")) {
      ROWS.put("GroupLink." + lost, Fate.LOST);
    }
    for (String of : List.of("group", "peer", "isDialled", "isForEntries", "remote")) {
      ROWS.put("GroupLink." + of, Fate.MAY_HALT);
    }
  }

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Called of a member that has just come back, so that the other two are a quorum beside it. */
  private static final Set<String> PASSIVE =
      Set.of("Transport.send", "Transport.peers", "GroupLink.say", "GroupLink.admit");

  @TempDir Path root;
  private ThreeMembers members = new ThreeMembers(Path.of("."));
  private final CountDownLatch release = new CountDownLatch(1);
  private final IdentityHashMap<GroupLink, GroupLink> links = new IdentityHashMap<>();
  private final AtomicInteger strikes = new AtomicInteger();
  private volatile @Nullable String struck;
  private volatile Harm harm = Harm.THROWS;

  @BeforeEach
  void begin() {
    members = new ThreeMembers(root);
    members.between =
        (id, straight) -> id.equals("n1") ? bent(Transport.class, straight) : straight;
    members.config = // n1 leads while it is heard
        id ->
            RaftConfig.builder()
                .heartbeatInterval(Duration.ofMillis(20))
                .electionTimeout(Duration.ofMillis(id.equals("n1") ? 120 : 600))
                .proposalTimeout(CONFIG.proposalTimeout())
                .build();
  }

  @AfterEach
  void end() {
    struck = null;
    release.countDown();
    members.close();
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
  void everyMethodHasARow() {
    Set<String> seams = methods(Transport.class);
    seams.addAll(methods(GroupLink.class));

    assertThat(ROWS.keySet()).containsExactlyElementsOf(seams);
  }

  private void strike(String method) {
    if (!method.equals(struck)) {
      return;
    }
    strikes.incrementAndGet();
    switch (harm) {
      case THROWS -> throw new IllegalStateException("harm done by " + method);
      case FAILS -> throw new NoClassDefFoundError("harm done by " + method);
      case INTERRUPTS -> Thread.currentThread().interrupt();
      case BLOCKS -> {
        try {
          release.await();
        } catch (InterruptedException e) {
          throw new AssertionError("somebody interrupts threads", e);
        }
      }
    }
  }

  private <T> T bent(Class<T> seam, T straight) {
    return seam.cast(
        Proxy.newProxyInstance(
            seam.getClassLoader(),
            new Class<?>[] {seam},
            (self, method, arguments) -> {
              if (method.getName().equals("equals")) {
                return self == arguments[0];
              }
              strike(seam.getSimpleName() + "." + method.getName());
              Object[] given = arguments;
              if (given != null) {
                given = given.clone();
                for (int i = 0; i < given.length; i++) {
                  given[i] = bentToo(given[i]);
                }
              }
              try {
                return method.invoke(straight, given);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  /** The handler is given links that are bent, each always the same. */
  private @Nullable Object bentToo(@Nullable Object given) {
    if (given instanceof TransportHandler handler && !Proxy.isProxyClass(given.getClass())) {
      return bent(TransportHandler.class, handler);
    }
    if (given instanceof GroupLink link && !Proxy.isProxyClass(given.getClass())) {
      synchronized (links) {
        return links.computeIfAbsent(link, one -> bent(GroupLink.class, one));
      }
    }
    return given;
  }

  private static Stream<Object[]> rows(Fate fate, Harm... harms) {
    return ROWS.entrySet().stream()
        .filter(row -> row.getValue() == fate)
        .flatMap(row -> Stream.of(harms).map(done -> new Object[] {row.getKey(), done}));
  }

  static Stream<Object[]> lostCalls() {
    return rows(Fate.LOST, Harm.values());
  }

  static Stream<Object[]> toldCalls() {
    return rows(Fate.TOLD, Harm.FAILS);
  }

  static Stream<Object[]> facts() {
    return rows(Fate.MAY_HALT, Harm.FAILS);
  }

  /** Somebody else's group of the same members. */
  private void foundAnother() throws Exception {
    try (ThreeMembers another = new ThreeMembers(root.resolve("another"))) {
      another.openAll(FIRST);
      committed(another.leader().propose("first"));
    }
  }

  /** All three serve, and n1 leads. */
  private void serves() throws Exception {
    members.openAll(FIRST);
    await().atMost(PATIENCE).until(() -> members.node("n1").isLeader());
    committed(members.leader().propose("first"));
  }

  private void isStruck() {
    await().atMost(PATIENCE).until(() -> strikes.get() > 0);
  }

  @Tag("long")
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("lostCalls")
  void theCallIsLostAndTheNodeGoesOn(String row, Harm done) throws Exception {
    foundAnother();
    serves();
    harm = done;
    struck = row;

    CompletableFuture<Void> provoked = CompletableFuture.runAsync(() -> provoke(row));
    isStruck();
    if (done != Harm.BLOCKS) {
      await().atMost(PATIENCE).until(() -> members.anyLeaderTakes("during"));
    } else if (PASSIVE.contains(row)) { // n1 stands still, which nobody's transport may do to it
      await()
          .atMost(PATIENCE)
          .until(() -> members.isLedBy("n2", "n3") && members.anyLeaderTakes("during"));
    }
    struck = null;
    release.countDown();
    provoked.orTimeout(20, SECONDS).join();

    assertThat(members.halted).isEmpty();
    if (isOfTheEnd(row)) {
      members.open("n1", LATER);
    }
    if (row.equals("GroupLink.refuse")) {
      members.open("n2", LATER);
    }
    members.network().heal();
    await().atMost(PATIENCE).until(() -> members.anyLeaderTakes("after"));
    await().atMost(PATIENCE).until(() -> members.applied("n1").contains("after"));
    assertThat(members.halted).isEmpty();
  }

  private static boolean isOfTheEnd(String row) {
    return row.equals("Transport.closeGroup") || row.equals("Transport.leaving");
  }

  /** Has n1 call that method: most are called when it comes back. */
  private void provoke(String row) {
    try {
      if (row.equals("Transport.reset")) {
        members.network().isolate(NodeId.of("n2")); // connected, and silent
      } else if (row.equals("GroupLink.refuse")) {
        members.open("n2", "another/n2", LATER);
      } else if (isOfTheEnd(row)) {
        members.close("n1");
      } else {
        members.open("n1", LATER);
      }
    } catch (RaftException e) {
      throw new AssertionError(e);
    }
  }

  @Tag("long")
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("toldCalls")
  void whoOpensOrClosesIsToldAndNothingIsLeft(String row, Harm done) throws Exception {
    serves();
    if (!row.equals("Transport.close")) {
      members.close("n1");
    }
    harm = done;
    struck = row;

    assertThatThrownBy(
            () -> {
              if (row.equals("Transport.close")) {
                members.close("n1");
              } else {
                members.open("n1", LATER);
              }
            })
        .hasMessageContaining("harm done by " + row);

    struck = null;
    members.open("n1", LATER);
    await().atMost(PATIENCE).until(() -> members.anyLeaderTakes("after"));
    await().atMost(PATIENCE).until(() -> members.applied("n1").contains("after"));
  }

  @Tag("long")
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("facts")
  void withoutAFactOfAConnectionTheNodeMayHaltAndSaysWhy(String row, Harm done) throws Exception {
    serves();
    members.close("n1");
    harm = done;
    struck = row;

    members.open("n1", LATER);
    await().atMost(PATIENCE).until(() -> members.anyLeaderTakes("during"));

    struck = null;
    if (members.halted.containsKey("n1")) {
      assertThat(members.halted.get("n1")).contains("harm done by " + row);
      members.open("n1", LATER);
    }
    members.network().heal();
    await().atMost(PATIENCE).until(() -> members.anyLeaderTakes("after"));
    await().atMost(PATIENCE).until(() -> members.applied("n1").contains("after"));
  }
}
