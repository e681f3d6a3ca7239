package io.bowline.raft.core;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Peer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Three cores in virtual time on a quick network, whose disks force one thing after another: a
 * ballot takes two forces, all log writes that wait take one.
 */
final class SlowGroup {
  private static final long MS = 1_000_000;

  private record Event(long at, long order, Runnable run) {}

  /** A core and its disk. */
  private final class Machine {
    final TestNode node;
    final ArrayDeque<TestNode.Write> waiting = new ArrayDeque<>();
    boolean forces;

    Machine(TestNode node) {
      this.node = node;
    }

    void write(TestNode.Write write) {
      waiting.add(write);
      if (!forces) {
        force();
      }
    }

    private void force() {
      forces = true;
      TestNode.Write last = waiting.remove();
      boolean ballot = last.ballot() != null;
      while (!ballot && !waiting.isEmpty() && waiting.element().ballot() == null) {
        last = waiting.remove();
      }
      long number = last.number();
      after(ballot ? 2 * forceNanos : forceNanos, () -> forced(number));
    }

    private void forced(long number) {
      forces = false;
      node.durableWrite = number;
      if (!waiting.isEmpty()) {
        force();
      }
      step(this, new Input.Durable(number));
      List<Peer> to = new ArrayList<>();
      List<Message> free = node.released(to);
      for (int i = 0; i < free.size(); i++) {
        transmit(this, to.get(i), free.get(i));
      }
    }
  }

  private final Map<NodeId, Machine> machines = new LinkedHashMap<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (a, b) ->
              a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.order(), b.order()));
  private final long forceNanos;
  private long now;
  private long order;
  private long tickets = 1L << 40;

  SlowGroup(long seed, long forceMs) {
    forceNanos = forceMs * MS;
    SplittableRandom random = new SplittableRandom(seed);
    List<Member> members = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      NodeId id = NodeId.of("n" + i);
      members.add(Member.voter(id, "").named(ScenarioWorld.incarnationOf(id)));
    }
    Membership founding = Membership.of(members.toArray(new Member[0]));
    for (Member member : members) {
      TestNode node = new TestNode(member, founding, new SplittableRandom(random.nextLong()));
      node.start();
      machines.put(member.id(), new Machine(node));
    }
    machines.values().forEach(machine -> step(machine, new Input.Wake()));
  }

  /** In ms, when there is a leader that all follow; or the limit. */
  long elected(long limitMs) {
    while (now < limitMs * MS && leader() == null) {
      next();
    }
    return now / MS;
  }

  /** Lets time pass; with a proposal at the leader so often. */
  void run(long ms, long proposeEachMs) {
    long end = now + ms * MS;
    for (long at = now; at < end; at += proposeEachMs * MS) {
      while (!events.isEmpty() && events.element().at() <= at) {
        next();
      }
      now = Math.max(now, at);
      machines.values().stream()
          .filter(machine -> machine.node.role == NodeRole.LEADER)
          .forEach(machine -> step(machine, new Input.Propose(++tickets, 1, 8)));
    }
  }

  long term() {
    return machines.values().stream()
        .mapToLong(machine -> machine.node.core.term())
        .max()
        .orElse(0);
  }

  long commitIndex() {
    return machines.values().stream()
        .mapToLong(machine -> machine.node.core.commitIndex())
        .min()
        .orElse(0);
  }

  @Nullable NodeId leader() {
    NodeId leader = null;
    for (Machine machine : machines.values()) {
      NodeId known = machine.node.core.status().leader();
      if (known == null || (leader != null && !leader.equals(known))) {
        return null;
      }
      leader = known;
    }
    return leader;
  }

  private void next() {
    Event event = events.remove();
    now = Math.max(now, event.at());
    event.run().run();
  }

  private void after(long delay, Runnable run) {
    events.add(new Event(now + delay, order++, run));
  }

  private void step(Machine machine, Input input) {
    TestNode node = machine.node;
    node.followUps.add(input);
    while (!node.followUps.isEmpty()) {
      List<Effect> effects = new ArrayList<>();
      node.core.step(node.followUps.remove(), now, effects);
      effects.forEach(effect -> obey(machine, effect));
    }
  }

  private void obey(Machine machine, Effect effect) {
    TestNode node = machine.node;
    if (effect instanceof Effect.SaveBallot e) {
      node.term = e.term();
      machine.write(
          new TestNode.Write(e.write(), new Ballot(e.term(), e.votedFor()), 0, List.of()));
    } else if (effect instanceof Effect.Append e) {
      EntryBatch batch = node.received.remove(e.ticket());
      EntryId first = e.first();
      List<EntryBatch> entries =
          batch == null
              ? List.of(TestNode.command(first, 1, e.replicatedTime()))
              : TestNode.single(batch, first.index(), e.count());
      node.append(e.write(), first.index(), entries);
      machine.write(node.writes.remove());
    } else if (effect instanceof Effect.AppendOwn e) {
      node.append(e.write(), e.id().index(), List.of(TestNode.own(e)));
      machine.write(node.writes.remove());
    } else if (effect instanceof Effect.SendEntries e) {
      List<EntryBatch> entries =
          new ArrayList<>(node.log.subList((int) e.firstIndex() - 1, node.log.size()));
      EntryBatch batch = EntryBatch.join(entries).cut(e.firstIndex(), e.maxBytes());
      transmit(
          machine,
          e.to(),
          new Message.AppendEntries(node.id, e.term(), e.session(), e.prev(), batch, e.commit()));
      node.followUps.add(
          new Input.Sent(e.to(), e.session(), batch.lastIndex(), batch.byteLength()));
    } else if (effect instanceof Effect.Send e) {
      if (e.afterWrite() <= node.durableWrite) {
        transmit(machine, e.to(), e.message());
      } else {
        node.held.add(new TestNode.Held(e));
      }
    } else if (effect instanceof Effect.RoleChanged e) {
      node.role = e.role();
      node.term = e.term();
    } else if (effect instanceof Effect.WakeAt e) {
      node.wakeAt = e.deadlineNanos();
      after(
          Math.max(0, e.deadlineNanos() - now),
          () -> {
            if (node.wakeAt == e.deadlineNanos()) {
              step(machine, new Input.Wake());
            }
          });
    }
  }

  private void transmit(Machine from, Peer to, Message message) {
    Machine receiver = Objects.requireNonNull(machines.get(to.id()));
    after(
        MS,
        () -> {
          long ticket = 0;
          if (message instanceof Message.AppendEntries append && !append.entries().isEmpty()) {
            ticket = ++tickets;
            receiver.node.received.put(ticket, append.entries());
          }
          step(receiver, new Input.Receive(message, from.node.incarnation, ticket));
          receiver.node.received.remove(ticket);
        });
  }
}
