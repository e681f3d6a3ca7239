package io.bowline.raft.core;

import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.Refusal;
import org.jspecify.annotations.Nullable;

/** What the runtime must do, in order. A send waits until write {@code afterWrite} is durable. */
public sealed interface Effect {
  /** Make term and vote durable (§5.2). */
  record SaveBallot(long write, long term, @Nullable Peer votedFor) implements Effect {}

  /**
   * Append the {@code count} entries from {@code first} on of what the ticket holds; what stood
   * there and behind is dropped. Of a Propose the payloads get these ids and this replicated time
   * (ns); of a received batch the entries are cut out as they are and {@code replicatedTime} is 0.
   */
  record Append(long write, long ticket, EntryId first, int count, long replicatedTime)
      implements Effect {}

  /** Append an entry of the core's own: a no-op if {@code membership} is null. */
  record AppendOwn(long write, EntryId id, @Nullable Membership membership, long replicatedTime)
      implements Effect {}

  /** Cut frames from memory or file into one AppendEntries; {@link Input.Sent} is the answer. */
  record SendEntries(
      Peer to, long term, int session, EntryId prev, long firstIndex, long maxBytes, long commit)
      implements Effect {}

  /** Send, when write {@code afterWrite} is durable; dropped if the term has moved on (O4). */
  record Send(Peer to, Message message, long afterWrite) implements Effect {}

  /** Everything up to there is committed: apply it, as far as it is durable here (O5). */
  record Commit(long index) implements Effect {}

  /** Reads of these tickets may be served once {@code index} is applied. */
  record ReadsReady(long ticket, long index) implements Effect {}

  /** What the ticket holds was certainly not done. */
  record Refuse(long ticket, Refusal refusal) implements Effect {}

  /** Role, term or leader changed; says all three. */
  record RoleChanged(NodeRole role, long term, @Nullable NodeId leader) implements Effect {}

  /** Another membership is in force, since appended or since its entry was truncated (§6). */
  record MembershipChanged(long index, Membership membership) implements Effect {}

  /**
   * End every stream of that directory: it said what cannot be, or answers no more. Its owner dials
   * again; the reason is a warning.
   */
  record Reset(Peer peer, String reason) implements Effect {}

  /** The group is not healthy here, and why (STORAGE P4); null: that is over. */
  record Unhealthy(@Nullable String reason) implements Effect {}

  /** Step again with {@link Input.Wake} at that time (ns, the clock of {@code now}). */
  record WakeAt(long deadlineNanos) implements Effect {}
}
