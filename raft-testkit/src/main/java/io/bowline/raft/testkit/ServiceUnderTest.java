package io.bowline.raft.testkit;

import io.bowline.raft.StateMachine;
import io.bowline.raft.model.Codec;
import io.bowline.raft.testkit.linearizability.Model;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Application} put together in a test: a state machine, what clients ask, and what must
 * hold. Say all of it before the first run; from then on any number of runs may share it.
 *
 * @param <C> the commands and queries
 * @param <R> the replies
 * @param <M> the state machine
 */
public final class ServiceUnderTest<C, R, M extends StateMachine<C, R>>
    implements Application<C, R> {
  private final Supplier<? extends M> machine;
  private final Codec<C> commands;
  private final Codec<R> replies;
  private BiFunction<RandomGenerator, Long, C> asks =
      (random, serial) -> {
        throw new IllegalStateException("clients know no command: say asking(...)");
      };
  private Function<RandomGenerator, @Nullable C> queries = random -> null;
  private Consumer<? super M> invariant = any -> {};
  private ToLongFunction<? super M> hash = any -> 0;
  private Consumer<? super RunEnd<C, R>> atEnd = any -> {};
  private @Nullable Model<?, Request<C>, R> model;

  private ServiceUnderTest(Supplier<? extends M> machine, Codec<C> commands, Codec<R> replies) {
    this.machine = machine;
    this.commands = commands;
    this.replies = replies;
  }

  /**
   * A service that nobody asks anything yet.
   *
   * @param machine makes a new and empty one, for each start of each node
   */
  public static <C, R, M extends StateMachine<C, R>> ServiceUnderTest<C, R, M> of(
      Supplier<? extends M> machine, Codec<C> commands, Codec<R> replies) {
    return new ServiceUnderTest<>(machine, commands, replies);
  }

  /** What a client asks for next, drawn from that source and from nothing else. */
  public ServiceUnderTest<C, R, M> asking(Function<RandomGenerator, C> command) {
    return asking((random, serial) -> command.apply(random));
  }

  /** The same, told the number of the request, from 1, over all clients. */
  public ServiceUnderTest<C, R, M> asking(BiFunction<RandomGenerator, Long, C> command) {
    asks = command;
    return this;
  }

  /**
   * Exactly these commands, one after the other over all clients, and again from the first one if
   * more are asked: {@link RunPlan#withMaxOperations} ends it before.
   *
   * @throws IllegalArgumentException if there are none
   */
  public ServiceUnderTest<C, R, M> asking(List<C> sequence) {
    if (sequence.isEmpty()) {
      throw new IllegalArgumentException("no commands to ask for");
    }
    List<C> copy = List.copyOf(sequence);
    return asking((random, serial) -> copy.get((int) ((serial - 1) % copy.size())));
  }

  /** What a client asks without changing anything. */
  public ServiceUnderTest<C, R, M> querying(Function<RandomGenerator, @Nullable C> query) {
    queries = query;
    return this;
  }

  /** What must hold in each state on each node; throws if it does not, as assertions do. */
  public ServiceUnderTest<C, R, M> holding(Consumer<? super M> condition) {
    invariant = condition;
    return this;
  }

  /** A hash of the whole state, by which replicas are compared after each command. */
  public ServiceUnderTest<C, R, M> hashedBy(ToLongFunction<? super M> stateHash) {
    hash = stateHash;
    return this;
  }

  /** What each answer must be, by a model: see {@link Application#model()}. */
  public ServiceUnderTest<C, R, M> explainedBy(Model<?, Request<C>, R> sequential) {
    model = sequential;
    return this;
  }

  /**
   * The same by two functions, for a service whose state is one value.
   *
   * @param initial before the first command
   * @param change the state behind a command
   * @param answer to a query in a state, and to a command in the state behind it; replies are
   *     compared by {@code equals}
   */
  public <S> ServiceUnderTest<C, R, M> explainedBy(
      S initial,
      BiFunction<? super S, ? super C, ? extends S> change,
      BiFunction<? super S, ? super C, ? extends R> answer) {
    return explainedBy(new SmallModel<>(initial, change, answer));
  }

  /** What must hold of answers and replicas when everything has come to rest. */
  public ServiceUnderTest<C, R, M> endingWith(Consumer<? super RunEnd<C, R>> condition) {
    atEnd = condition;
    return this;
  }

  @Override
  public Codec<C> commands() {
    return commands;
  }

  @Override
  public Codec<R> replies() {
    return replies;
  }

  @Override
  public Replica<C, R> replica() {
    return Replica.of(machine.get(), hash, invariant);
  }

  @Override
  public C command(RandomGenerator random, long serial) {
    return asks.apply(random, serial);
  }

  @Override
  public @Nullable C query(RandomGenerator random) {
    return queries.apply(random);
  }

  @Override
  public @Nullable Model<?, Request<C>, R> model() {
    return model;
  }

  @Override
  public void checkEnd(RunEnd<C, R> end) {
    atEnd.accept(end);
  }
}
