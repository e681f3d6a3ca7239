package io.bowline.raft.client;

import io.bowline.raft.model.Codec;
import io.bowline.raft.model.CommandTooLargeException;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The client of one group, from outside its nodes: finds the leader, follows it, and retries within
 * one deadline. Safe from any thread; nothing blocks but the methods that say so.
 *
 * <p>Each client has one session (thesis §6.3), which it opens with its first command. A command
 * keeps its number in the session through all retries, so it is applied at most once, whatever gets
 * lost on the way. The answers are three, see {@link Outcome}: {@code NotCommitted} only if it
 * certainly never will be applied; {@code Unknown} if time ran out while that was not certain.
 *
 * <p>Commands of one client may be applied in another order than they were submitted in, where
 * retries overtake each other: who needs an order waits for the outcome before the next.
 *
 * @param <C> the embedder's commands and queries
 * @param <R> the embedder's replies
 */
public final class RaftClient<C, R> implements AutoCloseable {
  private final Codec<C> commands;
  private final Codec<R> replies;
  private final ClientLimits limits;
  private final ClientEnvironment environment;
  private final Budget budget;
  private final ClientCounters counters = new ClientCounters();
  private final ClientLoop loop;

  RaftClient(
      Codec<C> commands,
      Codec<R> replies,
      ClientLimits limits,
      ClientTransport transport,
      ClientEnvironment environment,
      @Nullable Executor callbacks,
      Runnable atEnd) {
    this.commands = commands;
    this.replies = replies;
    this.limits = limits;
    this.environment = environment;
    this.budget = new Budget(limits.maxInFlight(), limits.maxInFlightBytes());
    Executor executor = callbacks == null ? environment.executor() : callbacks;
    this.loop = new ClientLoop(limits, transport, environment, executor, budget, counters, atEnd);
  }

  /**
   * Begins the making of a client.
   *
   * @return a builder with all defaults
   */
  public static RaftClientBuilder<?, ?> builder() {
    return new RaftClientBuilder<>();
  }

  /**
   * Submits a command, to be applied at most once.
   *
   * <p>A reply that does not decode ends {@link Outcome.Unknown} with what the codec threw: the
   * command was applied all the same. A command that does not encode ends {@link
   * Outcome.NotCommitted}.
   *
   * @param command encoded once, before this method returns; may be changed afterwards
   * @return completes once and never exceptionally, at the latest after the client's timeout, on
   *     the callback executor. A callback may call this client and close it, and must not block:
   *     one that waits for an outcome of this client gets an {@code IllegalStateException}, behind
   *     one that waits for something else the other outcomes are told on another thread 100 ms
   *     later
   * @throws CommandTooLargeException if it encodes to over {@code maxCommandBytes}
   */
  public CompletableFuture<Outcome<R>> submit(C command) {
    return ask(Call.Kind.COMMAND, command, false);
  }

  /**
   * Submits a command and waits for its outcome.
   *
   * @param command encoded once; may be changed afterwards
   * @return its outcome, at the latest after the client's timeout
   * @throws CommandTooLargeException if it encodes to over {@code maxCommandBytes}
   * @throws InterruptedException if interrupted while it waits; the command goes on
   * @throws IllegalStateException in a callback of this client: it would wait for itself
   */
  public Outcome<R> submitAndWait(C command) throws InterruptedException {
    refuseInCallback();
    return await(ask(Call.Kind.COMMAND, command, true));
  }

  /**
   * Asks a question that changes nothing; linearizable: the answer is of a state at least as new as
   * everything that was acknowledged, to anybody, before the call.
   *
   * @param query encoded before this method returns; may be changed afterwards
   * @return completes once and never exceptionally, at the latest after the client's timeout, on
   *     the callback executor, which must not be blocked, see {@link #submit}; never {@code
   *     Unknown}
   */
  public CompletableFuture<Outcome<R>> query(C query) {
    return ask(Call.Kind.QUERY, query, false);
  }

  /**
   * Asks a question that changes nothing and waits for the answer, see {@link #query}.
   *
   * @param query encoded once; may be changed afterwards
   * @return its outcome, at the latest after the client's timeout; never {@code Unknown}
   * @throws InterruptedException if interrupted while it waits
   * @throws IllegalStateException in a callback of this client: it would wait for itself
   */
  public Outcome<R> queryAndWait(C query) throws InterruptedException {
    refuseInCallback();
    return await(ask(Call.Kind.QUERY, query, true));
  }

  /**
   * What it did so far.
   *
   * @return a copy, not of one instant
   */
  public ClientStats stats() {
    return counters.snapshot(budget.requests());
  }

  /**
   * Ends what is under way ({@code Unknown} if it may have been applied, {@code NotCommitted}
   * otherwise), tells the leader that the session is done with, if a connection is up, and closes
   * its connections when it has heard of it or the attempt's time is over; the transport stays
   * open. Returns without waiting. A second call does nothing.
   */
  @Override
  public void close() {
    loop.post(conversation -> conversation.close("the client is closed"));
  }

  private CompletableFuture<Outcome<R>> ask(Call.Kind kind, C value, boolean waitedFor) {
    Codec<C> codec = commands;
    byte[] bytes;
    try {
      bytes = codec.encode(value);
    } catch (RuntimeException | Error thrown) {
      return refused(new Refusal.Invalid(named(codec) + " threw on encode: " + told(thrown)));
    }
    if (bytes == null) {
      return refused(new Refusal.Invalid(named(codec) + " encoded to null: return no bytes"));
    }
    if (bytes.length > limits.maxCommandBytes()) {
      throw new CommandTooLargeException(bytes.length, limits.maxCommandBytes());
    }
    Refusal full = budget.take(bytes.length);
    if (full != null) {
      return refused(full);
    }
    long deadline = environment.nanoTime() + limits.timeoutNanos();
    Question<R> question =
        new Question<>(kind, Payload.of(bytes), deadline, waitedFor, replies, loop);
    loop.post(question);
    return question.future;
  }

  private CompletableFuture<Outcome<R>> refused(Refusal refusal) {
    return CompletableFuture.completedFuture(new Outcome.NotCommitted<>(refusal, null));
  }

  private static String named(Codec<?> codec) {
    return "codec " + codec.getClass().getName();
  }

  /** What was thrown is as foreign as who threw it. */
  private static String told(Throwable thrown) {
    try {
      return thrown.toString();
    } catch (RuntimeException | Error again) {
      return thrown.getClass().getName();
    }
  }

  private void refuseInCallback() {
    loop.refuseWaitInCallback();
  }

  private Outcome<R> await(CompletableFuture<Outcome<R>> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException never) {
      throw new AssertionError("an outcome is never exceptional", never);
    }
  }

  /** A future that does not let a callback of its client wait for it: it would wait for itself. */
  private static final class Answer<T> extends CompletableFuture<T> {
    private final ClientLoop loop;

    Answer(ClientLoop loop) {
      this.loop = loop;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new Answer<>(loop);
    }

    @Override
    public T join() {
      refuseWait();
      return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
      refuseWait();
      return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit)
        throws InterruptedException, ExecutionException, TimeoutException {
      refuseWait();
      return super.get(timeout, unit);
    }

    private void refuseWait() {
      if (!isDone()) {
        loop.refuseWaitInCallback();
      }
    }
  }

  /** A caller's question and the future that it waits with. */
  private static final class Question<R> extends Call {
    final CompletableFuture<Outcome<R>> future;
    private final Codec<R> codec;

    Question(
        Kind kind,
        Payload payload,
        long deadline,
        boolean waitedFor,
        Codec<R> codec,
        ClientLoop loop) {
      super(kind, payload, deadline, waitedFor);
      this.codec = codec;
      this.future = new Answer<>(loop);
    }

    @Override
    void deliver(Outcome<Payload> ending) {
      future.complete(decoded(ending));
    }

    private Outcome<R> decoded(Outcome<Payload> ending) {
      if (ending instanceof Outcome.Committed<Payload> done) {
        try {
          return new Outcome.Committed<>(done.index(), codec.decode(done.reply().view()));
        } catch (RuntimeException | Error thrown) {
          return undecodable(done.index(), thrown);
        }
      }
      if (ending instanceof Outcome.NotCommitted<Payload> not) {
        return new Outcome.NotCommitted<>(not.refusal(), not.leader());
      }
      return new Outcome.Unknown<>(((Outcome.Unknown<Payload>) ending).reason());
    }

    /** A command was applied whatever its reply says; of a query nothing is left. */
    private Outcome<R> undecodable(long index, Throwable thrown) {
      String reason = named(codec) + " threw on the reply of index " + index + ": " + told(thrown);
      return kind == Kind.COMMAND
          ? new Outcome.Unknown<>(reason)
          : new Outcome.NotCommitted<>(new Refusal.Invalid(reason), null);
    }
  }
}
