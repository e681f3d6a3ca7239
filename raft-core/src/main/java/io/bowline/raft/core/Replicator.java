package io.bowline.raft.core;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.TermRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A leader's peers: what goes to each of them, what each has answered, what all have agreed to. */
final class Replicator {
  /** A window that does not move for so many heartbeats, while its peer answers them, is lost. */
  private static final int PATIENCE_IN_HEARTBEATS = 3;

  private final CoreState state;

  /** By the position in the effective membership; null where this node itself stands. */
  private @Nullable Progress[] slots = new Progress[0];

  private long[] values = new long[0];
  private boolean selfCounts;

  Replicator(CoreState state) {
    this.state = state;
  }

  /** Takes over the effective membership; {@code heard} finds who voted, as incarnations. */
  void align(@Nullable Incarnation[] heard) {
    Membership membership = state.members.effective();
    List<Member> members = membership.members();
    int session = state.nextSession();
    @Nullable Progress[] aligned = new Progress[members.size()];
    for (int i = 0; i < aligned.length; i++) {
      NodeId id = members.get(i).id();
      if (!id.equals(state.self())) {
        Progress known = peer(id);
        Incarnation incarnation = i < heard.length ? heard[i] : null;
        long next = state.log.lastIndex() + 1;
        aligned[i] =
            known != null ? known : new Progress(id, session, incarnation, next, state.now());
      }
    }
    slots = aligned;
    values = new long[aligned.length];
    recount();
  }

  /** Who counts has changed: another membership, or an incarnation heard for the first time. */
  void recount() {
    selfCounts = state.members.counts(state.self(), state.config.incarnation());
    for (Progress peer : slots) {
      if (peer != null) {
        peer.count(state.members.counts(peer.id(), peer.incarnation()));
      }
    }
  }

  @Nullable Progress peer(NodeId id) {
    for (Progress peer : slots) {
      if (peer != null && peer.id().equals(id)) {
        return peer;
      }
    }
    return null;
  }

  /** The effective membership with all named that were heard and are not named yet. */
  Membership namingHeard() {
    Membership membership = state.members.effective();
    for (int i = 0; i < slots.length; i++) {
      Member member = membership.members().get(i);
      Progress peer = slots[i];
      Incarnation heard = peer == null ? state.config.incarnation() : peer.incarnation();
      if (member.incarnation() == null && heard != null) {
        membership = membership.naming(member.id(), heard);
      }
    }
    return membership;
  }

  // ---- out

  /**
   * One round to all (thesis §6.2, §6.4); each is told what it may commit: only what it matched.
   */
  void beat(long round) {
    for (Progress peer : slots) {
      if (peer != null) {
        long commit = Math.min(state.commitIndex(), peer.matchIndex());
        state.sendWhenBallotDurable(
            peer.id(),
            new Message.Heartbeat(state.self(), state.term(), peer.session(), round, commit, 0));
      }
    }
  }

  void sendToAll() {
    for (Progress peer : slots) {
      if (peer != null) {
        sendTo(peer);
      }
    }
  }

  void sendTo(Progress peer) {
    if (!peer.maySend(state.log.lastIndex(), state.config, state.now())) {
      return;
    }
    long first = peer.nextIndex();
    EntryId prev = state.log.idAt(first - 1);
    if (peer.probesBlind() || first > state.log.lastIndex()) {
      peer.sentProbe(state.now());
      Message probe =
          new Message.AppendEntries(
              state.self(),
              state.term(),
              peer.session(),
              prev,
              EntryBatch.EMPTY,
              state.commitIndex());
      state.sendWhenBallotDurable(peer.id(), probe);
    } else {
      peer.ask();
      state.sendEntries(
          new Effect.SendEntries(
              peer.id(),
              state.term(),
              peer.session(),
              prev,
              first,
              peer.room(state.config),
              state.commitIndex()));
    }
  }

  void sent(Progress peer, Input.Sent sent) {
    long last = state.log.lastIndex();
    Invariant.SENT_WITHIN_LOG.require(sent.lastIndex() <= last, sent.lastIndex(), last);
    peer.sent(sent.lastIndex(), sent.bytes(), state.now());
    sendTo(peer);
  }

  // ---- in

  void answered(Progress peer, Message.AppendReply reply) {
    if (reply.session() != peer.session() || reply.matchIndex() > state.log.lastIndex()) {
      return;
    }
    if (reply.matched()) {
      peer.matched(reply.matchIndex(), state.now());
    } else if (peer.isRefused(reply.matchIndex())) {
      probeBelow(peer, reply.runs());
    }
  }

  /** §5.3: the follower's runs, newest first, tell where the logs part, often in one step. */
  private void probeBelow(Progress peer, List<TermRun> runs) {
    long common = state.log.lastCommon(runs);
    if (common > 0 || runs.isEmpty()) {
      peer.probeFrom(common + 1, false);
      return;
    }
    TermRun oldest = runs.get(runs.size() - 1);
    long below = state.log.lastWithTermAtMost(oldest.term(), oldest.first() - 1);
    peer.probeFrom(below + 1, below > 0);
  }

  /** It is alive: what waits or was lost on the way goes out again. */
  void alive(Progress peer) {
    long patience = PATIENCE_IN_HEARTBEATS * state.config.heartbeatNanos();
    if (peer.isStalled(state.now(), patience)) {
      peer.fallBack();
    }
    sendTo(peer);
  }

  // ---- what a quorum has reached; this node counts itself by what is durable and whole

  long agreedIndex() {
    return agreed(Progress::countedMatch, state.durableIndex(), 0);
  }

  long agreedRound() {
    return agreed(Progress::countedRound, Long.MAX_VALUE, 0);
  }

  /**
   * When the newest round was sent that a quorum has answered: MAX_VALUE if there is no peer,
   * MIN_VALUE if no quorum counts.
   */
  long quorumContact() {
    return agreed(Progress::countedContact, Long.MAX_VALUE, Long.MIN_VALUE);
  }

  private interface Reached {
    long by(Progress peer);
  }

  private long agreed(Reached reached, long own, long ifNotCounted) {
    for (int i = 0; i < slots.length; i++) {
      Progress peer = slots[i];
      values[i] = peer != null ? reached.by(peer) : selfCounts ? own : ifNotCounted;
    }
    return Quorum.agreedIndex(state.members.effective(), values);
  }

  List<CoreStatus.Peer> status() {
    List<CoreStatus.Peer> peers = new ArrayList<>();
    for (Progress peer : Arrays.asList(slots)) {
      if (peer != null) {
        String state = peer.isReplicating() ? "replicate" : "probe";
        peers.add(
            new CoreStatus.Peer(
                peer.id(), state, peer.session(), peer.nextIndex(), peer.matchIndex()));
      }
    }
    return peers;
  }
}
