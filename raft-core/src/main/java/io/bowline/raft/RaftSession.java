package io.bowline.raft;

import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
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
  private final SessionKey key;
  private long nextSequence = 1;

  /** Sequences that may be retried; this object's lock guards it and what it holds. */
  private final TreeMap<Long, Attempts> wanted = new TreeMap<>();

  /** How many attempts of one command are under way or ended without a certain answer. */
  private static final class Attempts {
    int uncertain;
  }

  RaftSession(RaftNode<C, R> node, long id, SessionKey key) {
    this.node = node;
    this.id = id;
    this.key = key;
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
    wanted.put(sequence, new Attempts());
    return sequence;
  }

  /**
   * Proposes a command under its number, for the first time or again; attempts may overlap.
   *
   * @param sequence from {@link #nextSequence}, the same command each time
   * @param command as for {@link RaftNode#propose}
   * @return as for {@link RaftNode#propose}; {@link Outcome.NotCommitted} says that no attempt was
   *     applied so far, {@link Outcome.Unknown} also that this one was refused while another one
   *     may have been
   * @throws IllegalArgumentException if the number is not reserved or was forgotten
   */
  public CompletableFuture<Outcome<R>> propose(long sequence, C command) {
    byte[] payload = node.encode(command);
    SessionHeader header;
    Attempts attempts;
    synchronized (this) {
      attempts = wanted.get(sequence);
      if (attempts == null) {
        throw new IllegalArgumentException(
            "sequence=" + sequence + " is not reserved: take one from nextSequence()");
      }
      attempts.uncertain++;
      header = new SessionHeader(id, key, sequence, wanted.firstKey());
    }
    return node.propose(EntryType.SESSION_COMMAND, header, payload)
        .thenApply(outcome -> judge(attempts, outcome));
  }

  /** Only a refusal makes an attempt certain, and only if all are certain the command is. */
  private synchronized Outcome<R> judge(Attempts attempts, Outcome<R> outcome) {
    if (outcome instanceof Outcome.NotCommitted<R> not && --attempts.uncertain > 0) {
      return new Outcome.Unknown<>(
          "another attempt may have been applied; this one was refused: " + not.refusal());
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
