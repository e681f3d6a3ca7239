package io.bowline.raft.core;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.TermRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A leader's peers: what goes to each of them, what each has answered, what all have agreed to. */
final class Replicator {
  /** A window that does not move for so many heartbeats, while its peer answers them, is lost. */
  private static final int PATIENCE_IN_HEARTBEATS = 3;

  private static final int SILENCE_IN_ELECTION_TIMEOUTS = 3;

  private final CoreState state;

  /** By the position in the membership; null where this node itself stands. */
  private final @Nullable Progress[] slots;

  private final long[] values;
  private final int ownSlot;

  /** For a leader's term: its membership does not change meanwhile. */
  Replicator(CoreState state) {
    this.state = state;
    List<Member> members = state.members.effective().members();
    int session = state.nextSession();
    this.ownSlot = state.members.slot(state.selfPeer());
    this.slots = new Progress[members.size()];
    this.values = new long[members.size()];
    for (int i = 0; i < slots.length; i++) {
      Peer peer = members.get(i).peer();
      if (peer != null && i != ownSlot) {
        slots[i] = new Progress(peer, session, state.log.lastIndex() + 1, state.now());
      }
    }
  }

  /** What is known of that directory; null if the membership does not name it. */
  @Nullable Progress peer(Peer directory) {
    for (Progress peer : slots) {
      if (peer != null && peer.peer().equals(directory)) {
        return peer;
      }
    }
    return null;
  }

  // ---- out

  /**
   * A connection over which nothing is answered may be half open: it is dialled anew. Only one that
   * was opened since, so that a peer which is down is not reset for ever.
   */
  void resetSilent() {
    long patience = SILENCE_IN_ELECTION_TIMEOUTS * state.config.electionTimeoutNanos();
    for (Progress peer : slots) {
      if (peer != null
          && state.streams.isConnected(peer.peer())
          && state.now() - peer.answeredOrOpenedAt() >= patience) {
        state.reset(
            peer.peer(),
            "it is connected and answers no heartbeat for " + patience / 1_000_000 + " ms");
      }
    }
  }

  /**
   * One round to all (thesis §6.2, §6.4); each is told what it may commit: only what it matched.
   */
  void beat(long round) {
    for (Progress peer : slots) {
      if (peer != null) {
        long commit = Math.min(state.commitIndex(), peer.matchIndex());
        state.sendWhenBallotDurable(
            peer.peer(),
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
      state.sendWhenBallotDurable(peer.peer(), probe);
    } else {
      peer.ask();
      state.sendEntries(
          new Effect.SendEntries(
              peer.peer(),
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
    return agreed(Progress::matchIndex, state.durableIndex(), 0);
  }

  long agreedRound() {
    return agreed(Progress::round, Long.MAX_VALUE, 0);
  }

  /**
   * When the newest round was sent that a quorum has answered: MAX_VALUE if there is no peer,
   * MIN_VALUE if no quorum counts.
   */
  long quorumContact() {
    return agreed(Progress::contact, Long.MAX_VALUE, Long.MIN_VALUE);
  }

  private interface Reached {
    long by(Progress peer);
  }

  private long agreed(Reached reached, long own, long ifNotCounted) {
    for (int i = 0; i < slots.length; i++) {
      Progress peer = slots[i];
      values[i] = peer != null ? reached.by(peer) : i == ownSlot ? own : ifNotCounted;
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
                peer.peer().id(), state, peer.session(), peer.nextIndex(), peer.matchIndex()));
      }
    }
    return peers;
  }
}
