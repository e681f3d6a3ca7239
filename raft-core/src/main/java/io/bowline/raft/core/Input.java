package io.bowline.raft.core;

import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.Peer;

/** Everything that can happen to a core. The mailbox folds waiting proposals into one Propose. */
public sealed interface Input {
  /**
   * {@code sender} is the incarnation that said hello on the message's connection; {@code ticket}
   * finds the bytes of its entries again, 0 where it brings none.
   */
  record Receive(Message message, Incarnation sender, long ticket) implements Input {}

  /**
   * {@code count} payloads of {@code bytes} in all wait for an index; {@code ticket} finds them.
   */
  record Propose(long ticket, int count, long bytes) implements Input {}

  /** Linearizable reads wait; one confirming round serves all that wait (thesis §6.4). */
  record Read(long ticket, int count) implements Input {}

  /** All of the writes 1 to {@code write} are durable, in whichever file (STORAGE O1). */
  record Durable(long write) implements Input {}

  /** That write failed, and with it all later ones (STORAGE D-e). */
  record WriteFailed(long write) implements Input {}

  /** Frames up to {@code lastIndex} were cut and handed over; late if a file had to be read. */
  record Sent(Peer to, int session, long lastIndex, long bytes) implements Input {}

  /** An AppendEntries was dropped or could not be cut: this peer falls back to probe. */
  record SendFailed(Peer to, int session) implements Input {}

  /** The connection for entries to that directory is open: time for a new replication session. */
  record Connected(Peer peer) implements Input {}

  /** The state machine has applied so far; {@code time} is that entry's replicated time (ns). */
  record Applied(long index, long time) implements Input {}

  /** The disk has no room for another segment, or has it again (STORAGE D-e). */
  record DiskSpace(boolean available) implements Input {}

  /** The deadline of the last {@link Effect.WakeAt} has passed. */
  record Wake() implements Input {}
}
