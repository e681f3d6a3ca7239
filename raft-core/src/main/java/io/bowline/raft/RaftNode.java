package io.bowline.raft;

import io.bowline.raft.core.CoreStatus;
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
import io.bowline.raft.runtime.NodeRuntime;
import io.bowline.raft.runtime.ReplyBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One member of one group, running in this process. Safe from any thread; no method blocks but
 * {@link #close}.
 *
 * @param <C> a command
 * @param <R> a reply
 */
public final class RaftNode<C, R> implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final RaftHost host;
  private final GroupId group;
  private final RaftConfig config;
  private final NodeRuntime runtime;
  private final StateMachineAdapter<C, R> adapter;
  private final ListenerAdapter events;

  RaftNode(
      RaftHost host,
      GroupId group,
      RaftConfig config,
      NodeRuntime runtime,
      StateMachineAdapter<C, R> adapter,
      ListenerAdapter events) {
    this.host = host;
    this.group = group;
    this.config = config;
    this.runtime = runtime;
    this.adapter = adapter;
    this.events = events;
  }

  /**
   * Proposes one command (Raft paper §5.3, §8), once: a retry after {@link Outcome.Unknown} may
   * apply it twice; see {@link #openSession}.
   *
   * @param command encoded once, before this method returns; may be changed afterwards
   * @return completes once and never exceptionally, at the latest after {@link
   *     RaftConfig#proposalTimeout()}, on the callback executor
   * @throws CommandTooLargeException if it encodes to over {@link RaftConfig#maxCommandBytes()}
   * @throws RuntimeException what the codec throws; nothing was proposed
   */
  public CompletableFuture<Outcome<R>> propose(C command) {
    return propose(EntryType.COMMAND, null, encode(command));
  }

  byte[] encode(C command) {
    byte[] bytes = adapter.encodeCommand(command);
    if (bytes.length > config.maxCommandBytes()) {
      throw new CommandTooLargeException(bytes.length, config.maxCommandBytes());
    }
    return bytes;
  }

  CompletableFuture<Outcome<R>> propose(
      EntryType type, @Nullable SessionHeader session, byte[] payload) {
    LocalProposal<R> proposal =
        new LocalProposal<>(this, type, session, Payload.of(payload), deadline());
    Refusal refusal = runtime.propose(List.of(proposal), false);
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
   *     RaftConfig#proposalTimeout()}: answered, or {@link Outcome.NotCommitted}
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
   * @return completes once and never exceptionally; the reply is the session
   */
  public CompletableFuture<Outcome<RaftSession<C, R>>> openSession() {
    OpeningProposal<C, R> opening = new OpeningProposal<>(this, deadline());
    Refusal refusal = runtime.propose(List.of(opening), false);
    if (refusal != null) {
      opening.refused(refusal);
    }
    return opening.outcome();
  }

  private long deadline() {
    return host.environment().nanoTime() + config.proposalTimeout().toNanos();
  }

  /** A client's requests, all for this group; whoever calls flushes the buffer afterwards. */
  void requests(List<ClientRequest> batch, ReplyBuffer replies) {
    new ClientRequests<>(this, adapter, config, host.environment().nanoTime(), replies).take(batch);
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
   * @return true from its election until it learns of another or loses its quorum
   */
  public boolean isLeader() {
    return host.node().equals(leader());
  }

  /**
   * Who leads, as far as this node knows: where to send a caller that got {@link
   * Refusal.NotLeader}. Never blocks, so callbacks may ask.
   *
   * @return the leader, this node or another one; null if it knows of none
   */
  public @Nullable NodeId leader() {
    return runtime.view().leader();
  }

  /**
   * A picture of the node.
   *
   * @return completes soon, on the raft stage: do not block in what you chain to it, nor in a
   *     callback until it completes
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
        events.haltedBecause());
  }

  /** Ends in order; what is pending ends as unknown. Waits at most 10 s. Idempotent. */
  @Override
  public void close() {
    close(CLOSE_TIMEOUT);
  }

  /**
   * Ends in order; what is pending ends as unknown.
   *
   * @param patience how long to wait for the log to be closed
   * @return false if it was not closed in time
   */
  public boolean close(Duration patience) {
    CompletableFuture<@Nullable Void> closed = closeAsync();
    try {
      closed.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      return false;
    }
  }

  /**
   * Ends in order without waiting.
   *
   * @return completes when the log is closed
   */
  public CompletableFuture<@Nullable Void> closeAsync() {
    return runtime
        .close()
        .<@Nullable Void>thenApply(
            done -> {
              host.groups.remove(group, this);
              return null;
            });
  }
}
