package io.bowline.raft.core;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.MemberRole;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Peer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Several cores over a network that loses, delays, reorders and doubles, and disks that take their
 * time and lose what they have not made durable. Checks what Raft promises at every step.
 */
final class RandomCluster {
  private static final long MS = 1_000_000;

  private record Event(long time, long order, Runnable run) {}

  final Map<NodeId, TestNode> nodes = new LinkedHashMap<>();
  final Promises promises;
  private final RandomGenerator random;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (a, b) ->
              a.time() != b.time()
                  ? Long.compare(a.time(), b.time())
                  : Long.compare(a.order(), b.order()));
  private final Set<String> cut = new HashSet<>();
  private final Map<String, Long> reads = new LinkedHashMap<>();
  private final double loss;
  private final double copies;
  private final long meanDelay;
  private final long meanWrite;
  private boolean calm;
  private boolean wiped;
  private long now = 1;
  private long order;
  private long values;
  int readsServed;

  RandomCluster(long seed) {
    random = new SplittableRandom(seed);
    loss = random.nextInt(3) == 0 ? 0 : random.nextDouble(0.2);
    copies = random.nextInt(3) == 0 ? 0 : random.nextDouble(0.2);
    meanDelay = MS * (1 + random.nextInt(60));
    meanWrite = MS * (1 + random.nextInt(40));
    int size = new int[] {1, 2, 3, 3, 3, 4, 5, 5}[random.nextInt(8)];
    boolean learner = size > 2 && random.nextInt(4) == 0;
    Membership initial =
        Membership.of(
            IntStream.rangeClosed(1, size)
                .mapToObj(i -> member("n" + i, learner && i == size))
                .toArray(Member[]::new));
    promises = new Promises(initial, nodes);
    for (Member member : initial.members()) {
      TestNode node = new TestNode(member, initial, new SplittableRandom(random.nextLong()));
      node.skew = random.nextInt(1_000_000);
      nodes.put(member.id(), node);
    }
    nodes.values().forEach(this::start);
  }

  private Member member(String name, boolean learner) {
    MemberRole role = learner ? MemberRole.LEARNER : MemberRole.VOTER;
    return new Member(NodeId.of(name), Incarnation.draw(random), name + ":1", role, 0, 1);
  }

  // ---- the run

  void run(int steps) {
    after(exponential(300 * MS), this::mischief);
    after(exponential(50 * MS), this::clients);
    for (int i = 0; i < steps && !events.isEmpty(); i++) {
      next();
    }
  }

  /** Everything works again: a leader must be found, take a proposal, and all agree on it. */
  void settle() {
    calm = true;
    cut.clear();
    nodes.values().stream().filter(n -> !n.up).forEach(this::start);
    nodes.values().forEach(this::connect);
    long until = now + 15_000 * MS;
    long proposedIn = 0;
    while (now < until) {
      next();
      TestNode leader = leader();
      if (leader != null && leader.term != proposedIn) {
        proposedIn = leader.term;
        propose(leader);
      } else if (leader != null && allAgreeWith(leader)) {
        return;
      }
    }
    throw new AssertionError("no agreement after 15 calm seconds");
  }

  private @Nullable TestNode leader() {
    TestNode latest = null;
    for (TestNode node : nodes.values()) {
      if (node.role == NodeRole.LEADER && (latest == null || node.term > latest.term)) {
        latest = node;
      }
    }
    return latest;
  }

  private boolean allAgreeWith(TestNode leader) {
    return nodes.values().stream()
        .allMatch(n -> !promises.counts(n) || n.commitIndex == leader.log.size());
  }

  /** All nodes, for a failure's message. */
  String describe() {
    return nodes.values().stream()
        .map(n -> (n.up ? "up " : "down ") + n.core.status() + " writes " + n.writes.size())
        .collect(Collectors.joining("\n"));
  }

  private void next() {
    Event event = events.remove();
    now = Math.max(now, event.time());
    event.run().run();
  }

  private void after(long delay, Runnable run) {
    events.add(new Event(now + delay, order++, run));
  }

  private long exponential(long mean) {
    return (long) (-mean * StrictMath.log(1 - random.nextDouble()));
  }

  // ---- what goes wrong, and who calls

  private void mischief() {
    if (calm) {
      return;
    }
    TestNode node = pick();
    int kind = random.nextInt(10);
    if (kind < 3) {
      stop(node, random.nextBoolean());
    } else if (kind < 6) {
      isolate(node);
    } else if (kind == 6) {
      step(node, new Input.WriteFailed(node.durableWrite + 1));
      stop(node, true);
    } else if (kind == 7) {
      step(node, new Input.DiskSpace(false));
      after(exponential(1_000 * MS), () -> step(node, new Input.DiskSpace(true)));
    } else if (kind == 8 && !wiped && promises.mayForget()) {
      wiped = true;
      stop(node, true);
      node.wipe();
    } else {
      cut.clear();
      nodes.values().forEach(this::connect);
    }
    after(exponential(700 * MS), this::mischief);
  }

  private void stop(TestNode node, boolean loseWrites) {
    if (node.up) {
      node.crash(loseWrites);
      after(exponential(1_000 * MS), () -> start(node));
    }
  }

  private void start(TestNode node) {
    if (node.up) {
      return;
    }
    node.start();
    promises.restarted(node);
    step(node, new Input.Wake());
    connect(node);
  }

  /** One-way or both ways. */
  private void isolate(TestNode node) {
    int ways = 1 + random.nextInt(3);
    for (NodeId other : nodes.keySet()) {
      if ((ways & 1) != 0) {
        cut.add(node.id + ">" + other);
      }
      if ((ways & 2) != 0) {
        cut.add(other + ">" + node.id);
      }
    }
  }

  private void connect(TestNode node) {
    for (TestNode other : nodes.values()) {
      if (other != node && other.up) {
        after(exponential(meanDelay), () -> connected(node, other));
        after(exponential(meanDelay), () -> connected(other, node));
      }
    }
  }

  private void connected(TestNode from, TestNode to) {
    if (from.up && to.up && !cut.contains(from.id + ">" + to.id)) {
      step(from, new Input.Connected(to.peer()));
    }
  }

  private void clients() {
    if (calm) {
      return;
    }
    TestNode node = pick();
    if (random.nextInt(3) > 0) {
      propose(node);
    } else if (node.up) {
      long ticket = ++node.tickets;
      reads.put(node.id + "/" + node.life + "/" + ticket, promises.committed());
      step(node, new Input.Read(ticket, 1));
    }
    after(exponential(20 * MS), this::clients);
  }

  private void propose(TestNode node) {
    if (node.up) {
      int count = 1 + random.nextInt(10);
      node.proposed.put(++node.tickets, count);
      step(node, new Input.Propose(node.tickets, count, count * 8L));
    }
  }

  private TestNode pick() {
    return List.copyOf(nodes.values()).get(random.nextInt(nodes.size()));
  }

  // ---- the least of a runtime

  void step(TestNode node, Input input) {
    if (!node.up) {
      return;
    }
    node.followUps.add(input);
    while (!node.followUps.isEmpty()) {
      List<Effect> effects = new ArrayList<>();
      node.core.step(node.followUps.remove(), now + node.skew, effects);
      for (Effect effect : effects) {
        obey(node, effect);
      }
    }
  }

  private void obey(TestNode node, Effect effect) {
    if (effect instanceof Effect.SaveBallot e) {
      Peer vote = e.votedFor();
      node.writes.add(new TestNode.Write(e.write(), new Ballot(e.term(), vote), 0, List.of()));
      writeLater(node);
    } else if (effect instanceof Effect.Append e) {
      append(node, e);
    } else if (effect instanceof Effect.AppendOwn e) {
      List<EntryBatch> own = List.of(TestNode.own(e));
      promises.appended(node, node.append(e.write(), e.id().index(), own));
      writeLater(node);
    } else if (effect instanceof Effect.SendEntries e) {
      cutAndSend(node, e);
    } else if (effect instanceof Effect.Send e) {
      if (e.afterWrite() <= node.durableWrite) {
        transmit(node, e.to(), e.message());
      } else {
        node.held.add(new TestNode.Held(e));
      }
    } else if (effect instanceof Effect.Commit e) {
      promises.committed(node, e.index());
    } else if (effect instanceof Effect.ReadsReady e) {
      Long seen = reads.remove(node.id + "/" + node.life + "/" + e.ticket());
      promises.require(
          seen != null && e.index() >= seen,
          () -> "stale read at " + e.index() + ", told was " + seen);
      readsServed++;
    } else if (effect instanceof Effect.RoleChanged e) {
      promises.roleChanged(node, e);
    } else if (effect instanceof Effect.WakeAt e) {
      node.wakeAt = e.deadlineNanos();
      int life = node.life;
      after(
          Math.max(0, e.deadlineNanos() - node.skew - now),
          () -> {
            if (node.life == life && node.wakeAt == e.deadlineNanos()) {
              step(node, new Input.Wake());
            }
          });
    }
  }

  private void append(TestNode node, Effect.Append e) {
    List<EntryBatch> entries;
    EntryBatch batch = node.received.remove(e.ticket());
    if (batch != null) {
      entries = TestNode.single(batch, e.first().index(), e.count());
    } else {
      entries = new ArrayList<>();
      for (int i = 0; i < e.count(); i++) {
        EntryId id = new EntryId(e.first().index() + i, e.first().term());
        entries.add(TestNode.command(id, ++values, e.replicatedTime()));
      }
    }
    promises.appended(node, node.append(e.write(), e.first().index(), entries));
    writeLater(node);
  }

  private void writeLater(TestNode node) {
    int life = node.life;
    long delay = !calm && random.nextInt(100) == 0 ? 2_000 * MS : exponential(meanWrite);
    after(
        delay,
        () -> {
          if (node.up && node.life == life && !node.writes.isEmpty()) {
            node.makeDurable(node.writes.remove());
            promises.durableBallotCovers(node);
            step(node, new Input.Durable(node.durableWrite));
            List<Peer> to = new ArrayList<>();
            List<Message> messages = node.released(to);
            for (int i = 0; i < messages.size(); i++) {
              transmit(node, to.get(i), messages.get(i));
            }
          }
        });
  }

  private void cutAndSend(TestNode node, Effect.SendEntries e) {
    List<EntryBatch> entries = new ArrayList<>();
    long bytes = 0;
    for (long i = e.firstIndex(); i <= node.log.size() && bytes < e.maxBytes(); i++) {
      entries.add(node.entry(i));
      bytes += node.entry(i).byteLength();
    }
    EntryBatch batch = EntryBatch.join(entries);
    int luck = random.nextInt(50);
    if (luck == 0) {
      node.followUps.add(new Input.SendFailed(e.to(), e.session()));
      return;
    }
    transmit(
        node,
        e.to(),
        new Message.AppendEntries(node.id, e.term(), e.session(), e.prev(), batch, e.commit()));
    Input sent = new Input.Sent(e.to(), e.session(), batch.lastIndex(), bytes);
    if (luck < 5) {
      int life = node.life;
      after(
          exponential(meanDelay),
          () -> {
            if (node.life == life) {
              step(node, sent);
            }
          });
    } else {
      node.followUps.add(sent);
    }
  }

  private void transmit(TestNode from, Peer to, Message message) {
    promises.speaks(from, message);
    TestNode receiver = Objects.requireNonNull(nodes.get(to.id()));
    for (int i = random.nextDouble() < copies ? 2 : 1; i > 0; i--) {
      if (calm || random.nextDouble() >= loss) {
        Incarnation sender = from.incarnation;
        after(
            exponential(calm ? MS : meanDelay), () -> arrive(from, receiver, to, message, sender));
      }
    }
  }

  private void arrive(TestNode from, TestNode to, Peer meant, Message message, Incarnation sender) {
    if (!to.up || !to.peer().equals(meant) || cut.contains(from.id + ">" + to.id)) {
      return;
    }
    long ticket = 0;
    if (message instanceof Message.AppendEntries append && !append.entries().isEmpty()) {
      ticket = ++to.tickets;
      to.received.put(ticket, append.entries());
    }
    step(to, new Input.Receive(message, sender, ticket));
    to.received.remove(ticket);
  }
}
