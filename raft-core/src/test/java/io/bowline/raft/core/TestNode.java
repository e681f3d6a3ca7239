package io.bowline.raft.core;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Peer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One core with the least of a runtime: entries in memory, a disk that makes writes durable. */
final class TestNode {
  /** A write: a ballot, or entries from an index on. */
  record Write(long number, @Nullable Ballot ballot, long first, List<EntryBatch> entries) {}

  record Held(Effect.Send send) {}

  final NodeId id;
  final Membership initial;
  final RandomGenerator random;
  Incarnation incarnation;
  RaftCore core;
  boolean up;
  int life;

  /** What a restart finds. */
  Ballot durableBallot = Ballot.NONE;

  final List<EntryBatch> durableLog = new ArrayList<>();

  private final List<EntryBatch> wipedLog = new ArrayList<>();

  /** What this process has. */
  final List<EntryBatch> log = new ArrayList<>();

  final ArrayDeque<Write> writes = new ArrayDeque<>();
  final ArrayDeque<Held> held = new ArrayDeque<>();
  final ArrayDeque<Input> followUps = new ArrayDeque<>();
  final Map<Long, EntryBatch> received = new HashMap<>();
  final Map<Long, Integer> proposed = new HashMap<>();
  long durableWrite;
  long wakeAt = Long.MAX_VALUE;
  long commitIndex;
  long tickets;
  long skew;
  NodeRole role = NodeRole.FOLLOWER;
  long term;

  TestNode(Member member, Membership initial, RandomGenerator random) {
    this.id = member.id();
    this.initial = initial;
    this.random = random;
    this.incarnation = Objects.requireNonNull(member.incarnation());
    this.core = newCore();
  }

  static CoreConfig config(NodeId id, Incarnation incarnation) {
    return new CoreConfig(
        id, incarnation, 100_000_000, 1_000_000_000, 4_000, 4, 1_000, 20_000, 100, true, true);
  }

  Peer peer() {
    return new Peer(id, incarnation);
  }

  void start() {
    up = true;
    life++;
    log.clear();
    log.addAll(durableLog);
    writes.clear();
    held.clear();
    followUps.clear();
    received.clear();
    durableWrite = 0;
    wakeAt = Long.MAX_VALUE;
    commitIndex = 0;
    role = NodeRole.FOLLOWER;
    term = durableBallot.term();
    core = newCore();
  }

  private RaftCore newCore() {
    return new RaftCore(config(id, incarnation), durableBallot, shape(), initial, random);
  }

  private LogShape shape() {
    if (log.isEmpty()) {
      return LogShape.EMPTY;
    }
    EntryBatch all = EntryBatch.join(log);
    return new LogShape(EntryId.ZERO, all.termRuns(), all.memberships(), all.lastTime());
  }

  void crash(boolean loseWrites) {
    up = false;
    if (!loseWrites) {
      writes.forEach(this::makeDurable);
    }
  }

  /** An empty directory is another incarnation. */
  void wipe() {
    wipedLog.addAll(durableLog);
    durableLog.clear();
    durableBallot = Ballot.NONE;
    incarnation = Incarnation.draw(random);
  }

  void makeDurable(Write write) {
    durableWrite = write.number();
    Ballot ballot = write.ballot();
    if (ballot != null) {
      durableBallot = ballot;
      return;
    }
    while (durableLog.size() >= write.first()) {
      durableLog.remove(durableLog.size() - 1);
    }
    durableLog.addAll(write.entries());
  }

  EntryBatch entry(long index) {
    return log.get((int) index - 1);
  }

  /** Also what it held and acknowledged before it was wiped. */
  boolean holdsDurably(EntryBatch entry) {
    return holds(durableLog, entry) || holds(wipedLog, entry);
  }

  private static boolean holds(List<EntryBatch> entries, EntryBatch entry) {
    long index = entry.firstIndex();
    return entries.size() >= index
        && entries.get((int) index - 1).termAt(index) == entry.termAt(index);
  }

  /** Appends to memory and queues the write. */
  List<EntryBatch> append(long write, long first, List<EntryBatch> entries) {
    while (log.size() >= first) {
      log.remove(log.size() - 1);
    }
    log.addAll(entries);
    writes.add(new Write(write, null, first, entries));
    return entries;
  }

  static List<EntryBatch> single(EntryBatch batch, long first, int count) {
    List<EntryBatch> entries = new ArrayList<>();
    for (long i = first; i < first + count; i++) {
      entries.add(batch.range(i, i));
    }
    return entries;
  }

  static EntryBatch command(EntryId id, long value, long time) {
    byte[] payload = ByteBuffer.allocate(8).putLong(value).array();
    return EntryBatch.builder(id, 1, 8, time).add(EntryType.COMMAND, payload).build();
  }

  static EntryBatch own(Effect.AppendOwn effect) {
    Membership membership = effect.membership();
    byte[] payload = membership == null ? new byte[0] : membership.encode();
    EntryType type = membership == null ? EntryType.NO_OP : EntryType.MEMBERSHIP;
    return EntryBatch.builder(effect.id(), 1, payload.length, effect.replicatedTime())
        .add(type, payload)
        .build();
  }

  /** What may leave now: their write is durable and their term not over. */
  List<Message> released(List<Peer> to) {
    List<Message> messages = new ArrayList<>();
    for (int i = held.size(); i > 0; i--) {
      Held next = held.remove();
      if (next.send().afterWrite() > durableWrite) {
        held.add(next);
      } else if (next.send().message().term() >= term) {
        messages.add(next.send().message());
        to.add(next.send().to());
      }
    }
    return messages;
  }
}
