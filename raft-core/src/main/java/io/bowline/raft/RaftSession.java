package io.bowline.raft;

import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * A session of this node with its group (thesis §6.3): a command proposed again under the sequence
 * it had has one effect, and its retry gets the first reply. It expires when it is unused for the
 * lifetime that the membership names. Safe from any thread.
 *
 * @param <C> a command
 * @param <R> a reply
 */
public final class RaftSession<C, R> {
  private final RaftNode<C, R> node;
  private final long id;
  private long nextSequence = 1;

  /** Sequences that may be retried, each with whether an attempt of it may have been applied. */
  private final TreeMap<Long, Boolean> wanted = new TreeMap<>();

  RaftSession(RaftNode<C, R> node, long id) {
    this.node = node;
    this.id = id;
  }

  /**
   * The session's id: the index of the entry that opened it.
   *
   * @return from 1
   */
  public long id() {
    return id;
  }

  /**
   * Reserves a number for a command that may be retried.
   *
   * @return from 1, growing; wanted until {@link #forget}
   */
  public synchronized long nextSequence() {
    long sequence = nextSequence++;
    wanted.put(sequence, false);
    return sequence;
  }

  /**
   * Proposes a command under its number, for the first time or again.
   *
   * @param sequence from {@link #nextSequence}, the same command each time
   * @param command as for {@link RaftNode#propose}
   * @return as for {@link RaftNode#propose}; {@link Refusal.SessionExpired} says that it was never
   *     applied, {@link Outcome.Unknown} also that the session is gone and an earlier attempt may
   *     have been
   * @throws IllegalArgumentException if the number is not reserved or was forgotten
   */
  public CompletableFuture<Outcome<R>> propose(long sequence, C command) {
    byte[] payload = node.encode(command);
    SessionHeader header;
    boolean maybeApplied;
    synchronized (this) {
      Boolean before = wanted.put(sequence, true);
      if (before == null) {
        wanted.remove(sequence);
        throw new IllegalArgumentException(
            "sequence=" + sequence + " is not reserved: take one from nextSequence()");
      }
      maybeApplied = before;
      header = new SessionHeader(id, sequence, wanted.firstKey());
    }
    return node.propose(EntryType.SESSION_COMMAND, header, payload)
        .thenApply(outcome -> judge(sequence, maybeApplied, outcome));
  }

  private Outcome<R> judge(long sequence, boolean maybeApplied, Outcome<R> outcome) {
    if (outcome instanceof Outcome.NotCommitted<R> not) {
      if (maybeApplied && not.refusal() instanceof Refusal.SessionExpired) {
        return new Outcome.Unknown<>("the session expired after an earlier attempt");
      }
      synchronized (this) {
        wanted.computeIfPresent(sequence, (s, applied) -> maybeApplied);
      }
    }
    return outcome;
  }

  /**
   * Proposes a command that the caller will not retry by itself.
   *
   * @param command as for {@link RaftNode#propose}
   * @return as for {@link RaftNode#propose}
   */
  public CompletableFuture<Outcome<R>> propose(C command) {
    long sequence = nextSequence();
    try {
      return propose(sequence, command).whenComplete((outcome, never) -> forget(sequence));
    } catch (RuntimeException e) {
      forget(sequence);
      throw e;
    }
  }

  /**
   * Says that a command will not be proposed again: its reply need not be kept.
   *
   * @param sequence from {@link #nextSequence}
   */
  public synchronized void forget(long sequence) {
    wanted.remove(sequence);
  }
}
