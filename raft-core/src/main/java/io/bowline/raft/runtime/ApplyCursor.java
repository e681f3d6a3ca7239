package io.bowline.raft.runtime;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Committed entries on their way to the state machine, which sees only the commands that must have
 * an effect: what the group keeps for itself and what a session has seen before is dealt with on
 * the way (DESIGN 14). One thread; used once.
 */
public final class ApplyCursor {
  private final EntryBatch.Cursor entries;
  private final long firstIndex;
  private final @Nullable Proposal @Nullable [] owners;
  private final SessionTable sessions;
  private final Applier applier;
  private final Outcomes outcomes;

  private boolean awaitsReply;
  private boolean exhausted;
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
    if (type == EntryType.MEMBERSHIP) {
      sessions.settings(Membership.decode(entries.payload()).settings());
    } else if (type == EntryType.SESSION_OPEN) {
      sessions.open(index, entries.time());
    } else if (type == EntryType.SESSION_CLOSE) {
      sessions.close(SessionHeader.decode(entries.payload()).session(), entries.time());
    }
    if (owner != null) {
      outcomes.committed(owner, index, null, Payload.EMPTY);
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
      outcomes.committed(owner, before.index(), null, before.reply());
    } else if (verdict == SessionTable.Verdict.Plain.EXPIRED) {
      outcomes.refused(owner, new Refusal.SessionExpired(of.session()));
    } else if (verdict == SessionTable.Verdict.Plain.BEYOND_WINDOW) {
      long ahead = of.sequence() - of.lowestWanted();
      outcomes.refused(
          owner, new Refusal.Overloaded("maxRepliesPerSession", sessions.maxReplies(), ahead));
    } else {
      outcomes.unknown(owner, "its client gave it up, and its reply was discarded");
    }
    return false;
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

  /** The reply to this command: exactly one each. */
  public void reply(Object reply) {
    if (!awaitsReply) {
      throw new IllegalStateException("a reply without a command: next() comes first");
    }
    awaitsReply = false;
    long index = entries.index();
    Payload encoded = null;
    SessionHeader of = header;
    if (of != null) {
      encoded = Payload.of(applier.encodeReply(reply));
      sessions.record(of, index, encoded);
    }
    Proposal owner = owner();
    if (owner != null) {
      outcomes.committed(owner, index, reply, encoded);
    }
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

  /** Commands that had an effect. */
  long commands() {
    return commands;
  }
}
