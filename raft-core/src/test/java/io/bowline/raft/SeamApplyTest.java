package io.bowline.raft;

import static io.bowline.raft.OneNode.committed;
import static io.bowline.raft.OneNode.outcome;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Codec;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Refusal;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each place where the embedder's code is called on the way of a call, by what that code does
 * there: the damage is that one call's, or, of apply and of a lack of memory, this node's with its
 * true reason. A method that {@link StateMachine} or {@link Codec} gets has no row, and fails here.
 */
@Timeout(60)
class SeamApplyTest {
  enum Act {
    EXCEPTION,
    ERROR,
    OUT_OF_MEMORY,
    BLOCKS,
    INTERRUPTS
  }

  /** What becomes of the call that met it; whatever it is, the node then answers the next ones. */
  enum End {
    /** The caller's own thread got what the codec threw. */
    THROWN,
    COMMITTED,
    /** Certainly without effect: {@link Refusal.Invalid}. */
    INVALID,
    UNKNOWN,
    /** Ended by its deadline. */
    IN_TIME,
    /** It has not returned to its caller, whose thread it blocks. */
    CALLER_WAITS,
    /** The node halts and says why. */
    HALTED
  }

  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  /** For rows that are waited for as long as it takes to see that nothing comes. */
  private static final Duration SHORT_TIMEOUT = Duration.ofMillis(400);

  static final Map<String, Map<Act, End>> TABLE = new LinkedHashMap<>();

  static {
    row("StateMachine.apply", End.HALTED, End.HALTED, End.HALTED, End.IN_TIME, End.COMMITTED);
    row("StateMachine.query", End.INVALID, End.INVALID, End.HALTED, End.IN_TIME, End.COMMITTED);
    row("commands.encode", End.THROWN, End.THROWN, End.THROWN, End.CALLER_WAITS, End.COMMITTED);
    row("commands.decode", End.INVALID, End.INVALID, End.THROWN, End.CALLER_WAITS, End.COMMITTED);
    row("replies.encode", End.UNKNOWN, End.UNKNOWN, End.HALTED, End.IN_TIME, End.COMMITTED);
    row("replies.decode", End.UNKNOWN, End.UNKNOWN, End.UNKNOWN, End.CALLER_WAITS, End.COMMITTED);
    row("callback", End.COMMITTED, End.COMMITTED, End.COMMITTED, End.COMMITTED, End.COMMITTED);
  }

  private static void row(
      String seam, End exception, End error, End outOfMemory, End blocks, End interrupts) {
    Map<Act, End> ends = new EnumMap<>(Act.class);
    ends.put(Act.EXCEPTION, exception);
    ends.put(Act.ERROR, error);
    ends.put(Act.OUT_OF_MEMORY, outOfMemory);
    ends.put(Act.BLOCKS, blocks);
    ends.put(Act.INTERRUPTS, interrupts);
    TABLE.put(seam, ends);
  }

  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch reached = new CountDownLatch(1);

  @AfterEach
  void letGo() {
    release.countDown();
  }

  @Test
  void everyMethodHasItsRow() {
    TreeSet<String> seams = new TreeSet<>();
    methods(StateMachine.class).forEach(name -> seams.add("StateMachine." + name));
    methods(Codec.class).forEach(name -> seams.add("commands." + name));
    methods(Codec.class).forEach(name -> seams.add("replies." + name));
    seams.add("callback");

    assertThat(TABLE.keySet()).containsExactlyInAnyOrderElementsOf(seams);
  }

  /** Nobody else leads a group of one, so it need not wait for a leader. */
  private static RaftConfig quick(Duration timeout) {
    return OneNode.config()
        .heartbeatInterval(Duration.ofMillis(10))
        .electionTimeout(Duration.ofMillis(30))
        .proposalTimeout(timeout)
        .build();
  }

  private static ConditionFactory await() {
    return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
  }

  private static List<String> methods(Class<?> type) {
    return Stream.of(type.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .map(Method::getName)
        .distinct()
        .toList();
  }

  private static Stream<Arguments> rows() {
    return TABLE.entrySet().stream()
        .flatMap(
            row ->
                row.getValue().entrySet().stream()
                    .map(end -> Arguments.of(row.getKey(), end.getKey(), end.getValue())));
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource("rows")
  void theDamageIsBounded(String seam, Act act, End end) throws Exception {
    Duration timeout = end == End.CALLER_WAITS ? SHORT_TIMEOUT : TIMEOUT;
    try (OneNode one = new OneNode(quick(timeout))) {
      CompletableFuture<Outcome<Long>> call = call(one, seam, act);
      boolean halts = end == End.HALTED;
      if (halts) {
        await().until(() -> !one.halted().isEmpty());
        assertThat(one.halted().get(0)).contains(reason(act));
      }
      assertThat(end(call, timeout.multipliedBy(3))).isEqualTo(halts ? haltedEnd(seam) : end);
      if (end == End.CALLER_WAITS && !seam.equals("replies.decode")) {
        one.machine.mend(seam); // one caller waits, and others do not
        await().until(() -> outcome(one.node.propose("other")) instanceof Outcome.Committed);
      }
      release.countDown();
      if (!halts) {
        await().until(() -> outcome(one.node.propose("next")) instanceof Outcome.Committed);
        await().until(() -> outcome(one.node.read("next")) instanceof Outcome.Committed);
        assertThat(one.halted()).isEmpty();
      }
    }
  }

  /** Whether it had an effect nobody can say; of a read one can: it was not answered. */
  private static End haltedEnd(String seam) {
    return seam.equals("StateMachine.query") ? End.IN_TIME : End.UNKNOWN;
  }

  private CompletableFuture<Outcome<Long>> call(OneNode one, String seam, Act act) {
    AtomicBoolean done = new AtomicBoolean();
    Runnable bend =
        () -> {
          if (done.compareAndSet(false, true)) {
            act(act);
          }
        };
    if (seam.startsWith("replies.")) {
      return duplicate(one, seam, bend);
    }
    one.machine.bend(seam, bend);
    if (seam.equals("StateMachine.query")) {
      return one.node.read("q");
    }
    CompletableFuture<Outcome<Long>> call = onOwnThread(() -> one.node.propose("x"));
    if (seam.equals("callback")) {
      CompletableFuture<?> unused = call.thenRun(bend);
    }
    return call;
  }

  /** A caller of its own, for a codec may keep its thread. */
  private static CompletableFuture<Outcome<Long>> onOwnThread(
      Supplier<CompletableFuture<Outcome<Long>>> call) {
    return CompletableFuture.completedFuture(call)
        .thenComposeAsync(
            Supplier::get,
            task -> {
              Thread thread = new Thread(task, "caller");
              thread.setDaemon(true);
              thread.start();
            });
  }

  /** The second attempt of a session's command: the one whose reply is made of bytes. */
  private static CompletableFuture<Outcome<Long>> duplicate(
      OneNode one, String seam, Runnable bend) {
    RaftSession<String, Long> session = committed(one.node.openSession());
    long sequence = session.nextSequence();
    one.machine.bend(seam, bend);
    return session
        .propose(sequence, "x")
        .thenCompose(
            first ->
                first instanceof Outcome.Committed
                    ? session.propose(sequence, "x")
                    : CompletableFuture.completedFuture(first));
  }

  private void act(Act act) {
    switch (act) {
      case EXCEPTION -> throw new IllegalStateException("thrown at the seam");
      case ERROR -> throw new StackOverflowError("thrown at the seam");
      case OUT_OF_MEMORY -> throw new OutOfMemoryError("thrown at the seam");
      case BLOCKS -> block();
      case INTERRUPTS -> Thread.currentThread().interrupt();
    }
  }

  private void block() {
    reached.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String reason(Act act) {
    return switch (act) {
      case OUT_OF_MEMORY -> "OutOfMemoryError: thrown at the seam";
      case ERROR -> "StackOverflowError: thrown at the seam";
      default -> "IllegalStateException: thrown at the seam";
    };
  }

  /** What the caller saw within that time. */
  private static End end(CompletableFuture<Outcome<Long>> call, Duration time) {
    Outcome<Long> outcome;
    try {
      outcome = call.get(time.toMillis(), MILLISECONDS);
    } catch (TimeoutException e) {
      return End.CALLER_WAITS;
    } catch (ExecutionException e) {
      return End.THROWN;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    if (outcome instanceof Outcome.Committed) {
      return End.COMMITTED;
    }
    if (outcome instanceof Outcome.Unknown<Long> unknown) {
      return unknown.reason().contains("deadline") ? End.IN_TIME : End.UNKNOWN;
    }
    Refusal refusal = ((Outcome.NotCommitted<Long>) outcome).refusal();
    return refusal instanceof Refusal.Invalid ? End.INVALID : End.IN_TIME;
  }

  @Test
  void twoRepliesHaltBeforeAnybodyIsToldCommitted() throws Exception {
    try (OneNode one = new OneNode(quick(TIMEOUT))) {
      List<CompletableFuture<Outcome<Long>>> calls = new ArrayList<>();
      calls.add(one.node.propose("twice"));

      assertThat(outcome(calls.get(0))).isInstanceOf(Outcome.Unknown.class);
      await().until(() -> !one.halted().isEmpty());
      assertThat(one.halted().get(0)).contains("a second reply to the command at index");
    }
  }

  @Test
  void aCommandInTheLogThatNoLongerDecodesSaysSo() throws Exception {
    try (OneNode one = new OneNode(quick(TIMEOUT))) {
      AtomicBoolean tried = new AtomicBoolean();
      one.machine.bend(
          "commands.decode",
          () -> {
            if (!tried.compareAndSet(false, true)) {
              throw new IllegalArgumentException("unknown tag 9");
            }
          });

      assertThat(outcome(one.node.propose("x"))).isInstanceOf(Outcome.Unknown.class);
      await().until(() -> !one.halted().isEmpty());
      assertThat(one.halted().get(0))
          .startsWith("decoding the command at index ")
          .contains("unknown tag 9")
          .contains("docs/operations/undecodable-command.md");
    }
  }
}
