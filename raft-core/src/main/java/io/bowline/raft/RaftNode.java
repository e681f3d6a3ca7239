package io.bowline.raft;

import io.bowline.raft.core.CoreStatus;
import io.bowline.raft.logging.GuardedLog;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.CommandTooLargeException;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.ReadMode;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import io.bowline.raft.runtime.Foreign;
import io.bowline.raft.runtime.NodeRuntime;
import io.bowline.raft.runtime.ReplyBuffer;
import io.bowline.raft.transport.Greetings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One member of one group, running in this process. Safe from any thread; no method blocks but
 * {@link #close}.
 *
 * @param <C> a command
 * @param <R> a reply
 */
public final class RaftNode<C, R> implements AutoCloseable {
  private static final GuardedLog LOG = GuardedLog.of(RaftNode.class);
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final RaftHost host;
  private final GroupId group;
  private final RaftConfig config;
  private final NodeRuntime runtime;
  private final StateMachineAdapter<C, R> adapter;
  private final String place;

  /** One thread at a time. */
  private final RandomGenerator sessionKeys;

  RaftNode(
      RaftHost host,
      GroupId group,
      RaftConfig config,
      NodeRuntime runtime,
      StateMachineAdapter<C, R> adapter,
      String place) {
    this.host = host;
    this.group = group;
    this.config = config;
    this.runtime = runtime;
    this.adapter = adapter;
    this.place = place;
    this.sessionKeys = host.environment().random("session keys");
  }

  /**
   * Proposes one command (Raft paper §5.3, §8), once: a retry after {@link Outcome.Unknown} may
   * apply it twice; see {@link #openSession}.
   *
   * @param command encoded once, and decoded once to see that replicas can, before this method
   *     returns; may be changed afterwards
   * @return completes once and never exceptionally, at the latest after {@link
   *     RaftConfig#proposalTimeout()}, on the callback executor; it counts against {@link
   *     RaftConfig#maxPendingProposals()} until what is chained to it has returned, which should
   *     not block, see {@link RaftHost.Builder#callbackExecutor}
   * @throws CommandTooLargeException if it encodes to over {@link RaftConfig#maxCommandBytes()}
   * @throws RuntimeException what the codec throws; nothing was proposed
   */
  public CompletableFuture<Outcome<R>> propose(C command) {
    return propose(EntryType.COMMAND, null, encode(command));
  }

  byte[] encode(C command) {
    boolean interrupted = Thread.currentThread().isInterrupted();
    byte[] bytes;
    try {
      bytes = adapter.encodeCommand(command);
    } finally {
      Foreign.clean(interrupted); // what the codec leaves on its caller's thread
    }
    if (bytes.length > config.maxCommandBytes()) {
      throw new CommandTooLargeException(bytes.length, config.maxCommandBytes());
    }
    return bytes;
  }

  CompletableFuture<Outcome<R>> propose(
      EntryType type, @Nullable SessionHeader session, byte[] payload) {
    Payload bytes = Payload.of(payload);
    LocalProposal<R> proposal = new LocalProposal<>(this, type, session, bytes, deadline());
    Refusal refusal = adapter.undecodable(bytes);
    if (refusal == null) {
      refusal = runtime.propose(List.of(proposal), false);
    }
    if (refusal != null) {
      proposal.refused(refusal);
    }
    return proposal.outcome();
  }

  /**
   * Reads linearizably.
   *
   * @param query what is asked
   * @return as {@link #read(Object, ReadMode)}
   */
  public CompletableFuture<Outcome<R>> read(C query) {
    return read(query, ReadMode.linearizable());
  }

  /**
   * Asks the state machine, by the mode given (thesis §6.4). Only the leader serves a linearizable
   * read; it costs no log entry and no disk.
   *
   * @param query what is asked; handed to the state machine as it is
   * @param mode how fresh the answer must be
   * @return completes once and never exceptionally, at the latest after {@link
   *     RaftConfig#proposalTimeout()}: answered, or {@link Outcome.NotCommitted}; what is chained
   *     to it should not block, see {@link RaftHost.Builder#callbackExecutor}
   */
  public CompletableFuture<Outcome<R>> read(C query, ReadMode mode) {
    if (!(mode instanceof ReadMode.Linearizable)) {
      throw new AssertionError("no rule for read mode " + mode);
    }
    LocalQuery<C, R> read = new LocalQuery<>(this, query, deadline());
    Refusal refusal = runtime.read(List.of(read), false);
    if (refusal != null) {
      read.refused(refusal);
    }
    return read.outcome();
  }

  /**
   * Opens a session, which makes retries safe (thesis §6.3).
   *
   * @return completes once and never exceptionally; the reply is the session; what is chained to it
   *     should not block, see {@link RaftHost.Builder#callbackExecutor}
   */
  public CompletableFuture<Outcome<RaftSession<C, R>>> openSession() {
    OpeningProposal<C, R> opening = new OpeningProposal<>(this, drawKey(), deadline());
    Refusal refusal = runtime.propose(List.of(opening), false);
    if (refusal != null) {
      opening.refused(refusal);
    }
    return opening.outcome();
  }

  private SessionKey drawKey() {
    synchronized (sessionKeys) {
      return SessionKey.draw(sessionKeys);
    }
  }

  private long deadline() {
    return host.environment().nanoTime() + config.proposalTimeout().toNanos();
  }

  /** A client's requests, all for this group; whoever calls flushes the buffer afterwards. */
  void requests(List<ClientRequest> batch, Greetings greetings, ReplyBuffer replies) {
    new ClientRequests<>(this, adapter, config, host.environment().nanoTime(), replies)
        .take(batch, greetings);
  }

  NodeRuntime runtime() {
    return runtime;
  }

  StateMachineAdapter<C, R> adapter() {
    return adapter;
  }

  /**
   * The group's id.
   *
   * @return the id
   */
  public GroupId group() {
    return group;
  }

  /**
   * Whether this node is elected, as far as it knows.
   *
   * @return true from its election until it learns of another, loses its quorum, is closed or halts
   */
  public boolean isLeader() {
    return host.node().equals(leader());
  }

  /**
   * Who leads, as far as this node knows: where to send a caller that got {@link
   * Refusal.NotLeader}. Never blocks, so callbacks may ask.
   *
   * @return the leader, this node or another one; null if it knows of none, is closed or has halted
   */
  public @Nullable NodeId leader() {
    return runtime.view().leader();
  }

  /**
   * A picture of the node; of one that is closed or has halted, the last one.
   *
   * @return completes soon, on the callback executor; what is chained to it should not block, see
   *     {@link RaftHost.Builder#callbackExecutor}
   */
  public CompletableFuture<NodeStatus> status() {
    CompletableFuture<NodeStatus> picture = new CompletableFuture<>();
    runtime.status(core -> picture.complete(status(core)));
    return picture;
  }

  private NodeStatus status(CoreStatus core) {
    return new NodeStatus(
        core.self(),
        core.role(),
        core.term(),
        core.leader(),
        core.last().index(),
        core.durableIndex(),
        core.commitIndex(),
        runtime.lastApplied(),
        core.effective(),
        runtime.founding(),
        runtime.haltedBecause());
  }

  /**
   * Ends in order; what is pending ends as unknown. Waits at most 10 s and logs what still keeps
   * the node open then. Idempotent.
   */
  @Override
  public void close() {
    close(CLOSE_TIMEOUT);
  }

  /**
   * Ends in order; what is pending ends as unknown. Once the log is closed its directory is free
   * and the group can be opened again. Only a write to the disk that does not come back keeps it,
   * for then nobody knows what it still writes; a full disk does not.
   *
   * @param patience how long to wait
   * @return true if the log is closed, its directory is free, and the state machine has come back
   *     from its last call; false if not in time: {@link #unclosed} says what is missing, the end
   *     goes on in the background, and a call of the state machine may still be under way
   */
  public boolean close(Duration patience) {
    boolean closed = await(end(), patience);
    if (!closed) {
      warnUnclosed(patience);
    }
    return closed;
  }

  void warnUnclosed(Duration patience) {
    unclosed()
        .ifPresent(
            why -> LOG.warn(null, "not closed after " + patience + ": " + why, "group", group));
  }

  static boolean await(CompletableFuture<?> done, Duration patience) {
    try {
      done.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      return false;
    }
  }

  /**
   * What keeps this node from being closed.
   *
   * @return a sentence that names what it waits for and where; empty once it is closed
   */
  public Optional<String> unclosed() {
    String why = runtime.unclosed();
    return why == null ? Optional.empty() : Optional.of(place + ": " + why);
  }

  /**
   * Ends in order without waiting.
   *
   * @return completes on the callback executor when {@link #close(Duration)} would return true
   */
  public CompletableFuture<@Nullable Void> closeAsync() {
    CompletableFuture<@Nullable Void> told = new CompletableFuture<>();
    CompletableFuture<?> unused =
        end().thenRun(() -> runtime.callbacks().execute(() -> told.complete(null)));
    return told;
  }

  /** Begins the end; completes on a stage of ours, so nothing of an embedder's is chained to it. */
  CompletableFuture<@Nullable Void> end() {
    CompletableFuture<@Nullable Void> closed = runtime.close();
    return CompletableFuture.allOf(
        runtime.released().thenRun(() -> host.released(this)),
        closed.thenRun(() -> host.closed(this)));
  }
}
