package io.bowline.raft.runtime;

import io.bowline.raft.logging.GuardedLog;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Committed entries on their way to the state machine, which sees only the commands that must have
 * an effect: what the group keeps for itself and what a session has seen before is dealt with on
 * the way (DESIGN 14). One thread; used once.
 */
public final class ApplyCursor {
  private static final GuardedLog LOG = GuardedLog.of(ApplyCursor.class);

  /** What is kept for a reply that no bytes could be made of; known by being this very object. */
  private static final Payload UNENCODABLE = Payload.of(new byte[0]);

  private final EntryBatch.Cursor entries;
  private final long firstIndex;
  private final @Nullable Proposal @Nullable [] owners;
  private final SessionTable sessions;
  private final Applier applier;
  private final Outcomes outcomes;

  // What is told once the whole batch has had its effect; by position.
  private final @Nullable Object[] replyOf;
  private final @Nullable Payload[] encodedOf;
  private final List<Runnable> verdicts = new ArrayList<>(0);

  private boolean awaitsReply;
  private boolean exhausted;
  private boolean decoding;
  private @Nullable SessionHeader header;
  private @Nullable ByteBuffer command;
  private long commands;

  ApplyCursor(
      EntryBatch batch,
      @Nullable Proposal @Nullable [] owners,
      SessionTable sessions,
      Applier applier,
      Outcomes outcomes) {
    this.entries = batch.cursor();
    this.firstIndex = batch.firstIndex();
    this.owners = owners;
    this.sessions = sessions;
    this.applier = applier;
    this.outcomes = outcomes;
    int told = owners == null ? 0 : owners.length;
    this.replyOf = new Object[told];
    this.encodedOf = new Payload[told];
  }

  /**
   * Moves to the next command.
   *
   * @return false after the last one
   * @throws IllegalStateException if the command before got no reply
   */
  public boolean next() {
    requireReplied();
    while (entries.next()) {
      EntryType type = entries.type();
      if (type == EntryType.COMMAND) {
        return command(entries.payload(), null);
      }
      if (type == EntryType.SESSION_COMMAND) {
        ByteBuffer payload = entries.payload();
        SessionHeader of = SessionHeader.decode(payload);
        if (isFresh(of)) {
          return command(payload.slice(), of);
        }
      } else {
        applyOwn(type);
      }
    }
    exhausted = true;
    return false;
  }

  private boolean command(ByteBuffer payload, @Nullable SessionHeader of) {
    command = payload;
    header = of;
    decoding = false;
    awaitsReply = true;
    commands++;
    return true;
  }

  private void requireReplied() {
    if (awaitsReply) {
      throw new IllegalStateException(
          "the command at index " + index() + " got no reply: give each exactly one");
    }
  }

  /** What the group itself keeps: sessions and the rules that stand in the membership. */
  private void applyOwn(EntryType type) {
    long index = entries.index();
    Proposal owner = owner();
    Refusal refusal = null;
    if (type == EntryType.MEMBERSHIP) {
      sessions.settings(Membership.decode(entries.payload()).settings());
    } else if (type == EntryType.SESSION_OPEN) {
      refusal = sessions.open(index, SessionKey.decode(entries.payload()), entries.time());
    } else if (type == EntryType.SESSION_CLOSE) {
      sessions.close(SessionHeader.decode(entries.payload()), entries.time());
    }
    Refusal why = refusal;
    if (owner != null && why != null) {
      verdicts.add(() -> outcomes.refused(owner, why));
    } else if (owner != null) {
      verdicts.add(() -> outcomes.committed(owner, index, null, Payload.EMPTY));
    }
  }

  /** Whether this command must have an effect now; otherwise its owner learns why not. */
  private boolean isFresh(SessionHeader of) {
    SessionTable.Verdict verdict = sessions.lookup(of, entries.time());
    if (verdict == SessionTable.Verdict.Plain.FRESH) {
      return true;
    }
    Proposal owner = owner();
    if (owner == null) {
      return false;
    }
    if (verdict instanceof SessionTable.Verdict.Duplicate before) {
      verdicts.add(() -> duplicate(owner, before));
    } else if (verdict instanceof SessionTable.Verdict.OverBytes over) {
      Refusal refusal = new Refusal.Overloaded("maxReplyBytes", over.allowed(), over.kept());
      verdicts.add(() -> outcomes.refused(owner, refusal));
    } else if (verdict == SessionTable.Verdict.Plain.BEYOND_WINDOW) {
      long ahead = of.sequence() - of.lowestWanted();
      Refusal refusal =
          new Refusal.Overloaded("maxRepliesPerSession", sessions.maxReplies(), ahead);
      verdicts.add(() -> outcomes.refused(owner, refusal));
    } else { // expired or forgotten: this attempt has no effect, only its client knows of others
      verdicts.add(() -> outcomes.refused(owner, new Refusal.SessionExpired(of.session())));
    }
    return false;
  }

  private void duplicate(Proposal owner, SessionTable.Verdict.Duplicate before) {
    if (isUnencodable(before.reply())) {
      withoutReply(owner, before.index());
    } else {
      outcomes.committed(owner, before.index(), null, before.reply());
    }
  }

  @SuppressWarnings("ReferenceEquality") // another reply may be as empty
  private static boolean isUnencodable(@Nullable Payload encoded) {
    return encoded == UNENCODABLE;
  }

  private void withoutReply(Proposal owner, long index) {
    outcomes.unknown(
        owner, "it was applied at index " + index + ", but the codec did not encode its reply");
  }

  private @Nullable Proposal owner() {
    return owners == null ? null : owners[(int) (entries.index() - firstIndex)];
  }

  /** This command's index. */
  public long index() {
    return entries.index();
  }

  /** This command's replicated time, ns: the same on every replica, never falling along the log. */
  public long timeNanos() {
    return entries.time();
  }

  /** This command's bytes, read-only. */
  public ByteBuffer command() {
    if (!awaitsReply || command == null) {
      throw new IllegalStateException("next() comes first, and reply() ends it");
    }
    return command.duplicate();
  }

  /** From here to the end of the command its codec is to blame. */
  public void decoding(boolean now) {
    decoding = now;
  }

  /** The reply to this command: exactly one each. */
  public void reply(Object reply) {
    if (!awaitsReply) {
      throw new IllegalStateException(
          command == null
              ? "a reply without a command: next() comes first"
              : "a second reply to the command at index " + index() + ": give each exactly one");
    }
    awaitsReply = false;
    decoding = false;
    Payload encoded = null;
    SessionHeader of = header;
    if (of != null) {
      encoded = encode(reply);
      sessions.record(of, entries.index(), encoded);
    }
    if (owners != null) {
      int at = (int) (entries.index() - firstIndex);
      replyOf[at] = reply;
      encodedOf[at] = encoded;
    }
  }

  /** A reply that does not encode is its caller's affair: the command has had its effect. */
  private Payload encode(Object reply) {
    try {
      return Payload.of(applier.encodeReply(reply));
    } catch (Throwable e) {
      if (e instanceof Error error && Foreign.isFatal(error)) {
        throw error;
      }
      LOG.warn(e, "a reply does not encode: its caller is told Unknown");
      return UNENCODABLE;
    }
  }

  /** Only now, for nothing of a batch that ends badly may be called committed. */
  void tell() {
    for (int at = 0; at < replyOf.length; at++) {
      Proposal owner = owners == null ? null : owners[at];
      Object reply = replyOf[at];
      if (owner == null || reply == null) {
        continue;
      }
      if (owner.replies != null && isUnencodable(encodedOf[at])) {
        withoutReply(owner, firstIndex + at);
      } else {
        outcomes.committed(owner, firstIndex + at, reply, encodedOf[at]);
      }
    }
    verdicts.forEach(Runnable::run);
  }

  /** After the state machine returned: it must have seen all. */
  void requireExhausted() {
    requireReplied();
    if (!exhausted && next()) {
      throw new IllegalStateException(
          "apply returned before the command at index " + index() + ": take all of them");
    }
  }

  /** The entry at which an exception left the state machine. */
  long failedAt() {
    return command == null ? firstIndex : entries.index();
  }

  /** Whether the codec threw, and not the state machine. */
  boolean isDecoding() {
    return decoding;
  }

  /** Commands that had an effect. */
  long commands() {
    return commands;
  }
}
