package io.bowline.raft.runtime;

import io.bowline.raft.core.Effect;
import io.bowline.raft.core.Input;
import io.bowline.raft.core.RaftCore;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The raft stage: drains the mailbox, steps the core, has the effects run. Never blocks; what waits
 * is one batch, and all proposals of a batch are one input.
 */
final class NodeLoop extends Actor {
  private static final int MAX_ITEMS_PER_TURN = 4096;
  private static final long NEVER = Long.MAX_VALUE;

  /** What the node's life needs to know. */
  interface Listener {
    void roleChanged(Effect.RoleChanged change);

    void membershipChanged(Effect.MembershipChanged change);

    void crashed(Throwable cause);

    void writeFailed();

    void readFailed(long index, StorageException cause);
  }

  private final NodeEnvironment environment;
  private final RaftCore core;
  private final Mailbox mailbox;
  private final DiskWriter writer;
  private final ApplyPipeline apply;
  private final PendingProposals pending;
  private final PendingReads reads = new PendingReads();
  private final NodeMetrics metrics;
  private final Executor callbacks;
  private final Listener listener;
  private final Outcomes outcomes = new Outcomes();
  private final List<Effect> effects = new ArrayList<>();
  private EffectRunner runner;

  private long now;
  private long nextTicket = 1;
  private long proposeTicket;
  private @Nullable List<? extends Proposal> proposing;
  private long wantedWake = NEVER;
  private long armedWake = NEVER;
  private Runnable cancelWake = () -> {};
  private long armedSweep = NEVER;
  private Runnable cancelSweep = () -> {};
  private long toldCommit;
  private long measuredCommit;
  private long toldDurable;
  private @Nullable Refusal stoppedBecause;
  private volatile Input.@Nullable Applied newestApplied;
  private long takenApplied;

  NodeLoop(
      NodeEnvironment environment,
      RaftCore core,
      Mailbox mailbox,
      DiskWriter writer,
      ApplyPipeline apply,
      PendingProposals pending,
      NodeMetrics metrics,
      Listener listener,
      java.util.function.Function<Consumer<Effect>, EffectRunner> runner) {
    super(environment.executor(NodeEnvironment.Stage.RAFT));
    this.environment = environment;
    this.core = core;
    this.mailbox = mailbox;
    this.writer = writer;
    this.apply = apply;
    this.pending = pending;
    this.metrics = metrics;
    this.callbacks = environment.executor(NodeEnvironment.Stage.CALLBACK);
    this.listener = listener;
    this.runner = runner.apply(this::loopEffect);
  }

  @Override
  boolean hasWork() {
    return !mailbox.isEmpty();
  }

  @Override
  void turn() {
    now = environment.nanoTime();
    List<Proposal> proposals = new ArrayList<>();
    List<Query> queries = new ArrayList<>();
    long bytes = 0;
    int items = 0;
    takeApplied();
    for (Mailbox.Item item = mailbox.poll(); item != null; item = mailbox.poll()) {
      if (item instanceof Mailbox.Proposals more) {
        proposals.addAll(more.proposals());
        bytes += more.bytes();
      } else if (item instanceof Mailbox.Queries more) {
        queries.addAll(more.queries());
      } else {
        handle(item);
      }
      if (++items == MAX_ITEMS_PER_TURN) {
        break;
      }
    }
    propose(proposals, bytes);
    read(queries);
    tellProgress();
    outcomes.deliver(callbacks);
  }

  private void takeApplied() {
    Input.Applied newest = newestApplied;
    if (newest != null && newest.index() > takenApplied && stoppedBecause == null) {
      takenApplied = newest.index();
      step(newest);
    }
  }

  private void handle(Mailbox.Item item) {
    if (item instanceof Mailbox.Task task) {
      task.task().run();
    } else if (stoppedBecause != null) {
      return;
    } else if (item instanceof Mailbox.Received received) {
      receive(received);
    } else if (item instanceof Mailbox.Of of) {
      input(of.input());
    } else if (item instanceof Mailbox.ReadBack back) {
      readBack(back);
    }
  }

  private void readBack(Mailbox.ReadBack back) {
    // A leader's log never shrinks in its term, so what was read is still what was asked for.
    if (core.term() != back.ask().term() || core.role() != NodeRole.LEADER) {
      return;
    }
    StorageException failure = back.failure();
    if (failure == null) {
      step(runner.send(back.ask(), back.entries()));
    } else { // its followers would starve as long as it leads
      listener.readFailed(back.ask().firstIndex(), failure);
    }
  }

  private void input(Input input) {
    if (input instanceof Input.Durable durable) {
      // First: what the core sends now may wait for this very write.
      runner.durable(durable.write());
    } else if (input instanceof Input.Wake) {
      armedWake = NEVER;
      if (wantedWake != NEVER && now - wantedWake < 0) {
        armWake();
        return;
      }
      wantedWake = NEVER;
    }
    step(input);
    if (input instanceof Input.WriteFailed) {
      listener.writeFailed();
    }
  }

  private void receive(Mailbox.Received received) {
    if (received.message() instanceof Message.AppendEntries append && !append.entries().isEmpty()) {
      EntryBatch entries = append.entries();
      runner.bring(null, entries);
      step(new Input.Receive(append, received.sender(), nextTicket++));
      runner.bring(null, null);
    } else {
      step(new Input.Receive(received.message(), received.sender(), 0));
    }
  }

  private void propose(List<Proposal> proposals, long bytes) {
    if (proposals.isEmpty()) {
      return;
    }
    if (stoppedBecause != null) {
      refuse(proposals, stoppedBecause);
      return;
    }
    proposals.removeIf(this::isLate);
    if (proposals.isEmpty()) {
      return;
    }
    proposeTicket = nextTicket++;
    proposing = proposals;
    runner.bring(proposals, null);
    step(new Input.Propose(proposeTicket, proposals.size(), bytes));
    runner.bring(null, null);
    if (proposing != null) {
      metrics.add("bowline.proposals.appended.total", proposals.size());
      for (Proposal proposal : proposals) {
        armSweep(proposal.deadlineNanos);
      }
      proposing = null;
    }
  }

  private boolean isLate(Proposal proposal) {
    if (proposal.deadlineNanos - now > 0) {
      return false;
    }
    outcomes.refused(proposal, new Refusal.TimedOut("it waited for the raft stage too long"));
    return true;
  }

  private void refuse(List<? extends Proposal> proposals, Refusal refusal) {
    metrics.add("bowline.proposals.refused.total", proposals.size());
    for (Proposal proposal : proposals) {
      outcomes.refused(proposal, refusal);
    }
  }

  private void read(List<Query> queries) {
    if (queries.isEmpty()) {
      return;
    }
    if (stoppedBecause != null) {
      for (Query query : queries) {
        outcomes.refused(query, stoppedBecause);
      }
      return;
    }
    long ticket = nextTicket++;
    reads.add(ticket, queries);
    step(new Input.Read(ticket, queries.size()));
    for (Query query : queries) {
      armSweep(query.deadlineNanos);
    }
  }

  /** One input, its effects, and what they answer at once. */
  private void step(Input input) {
    for (Input next = input; next != null && stoppedBecause == null; next = runner.nextAnswer()) {
      effects.clear();
      core.step(next, now, effects);
      runner.run(effects);
    }
  }

  /** The effects that are neither write nor send. */
  private void loopEffect(Effect effect) {
    if (effect instanceof Effect.WakeAt wake) {
      wantedWake = wake.deadlineNanos();
      if (armedWake == NEVER || wantedWake - armedWake < 0) {
        armWake();
      }
    } else if (effect instanceof Effect.ReadsReady ready) {
      apply.read(new ApplyPipeline.ReadyReads(reads.confirm(ready.ticket()), ready.index()));
    } else if (effect instanceof Effect.Refuse refuse) {
      List<? extends Proposal> refused = proposing;
      if (refuse.ticket() == proposeTicket && refused != null) {
        proposing = null;
        refuse(refused, refuse.refusal());
      } else {
        reads.refuse(refuse.ticket(), refuse.refusal(), outcomes);
      }
    } else if (effect instanceof Effect.RoleChanged change) {
      listener.roleChanged(change);
    } else if (effect instanceof Effect.MembershipChanged change) {
      listener.membershipChanged(change);
    } else if (!(effect instanceof Effect.Commit)) { // commit is told once a turn
      throw new AssertionError("no rule for effect " + effect);
    }
  }

  /** A later deadline than the armed one needs no new timer: the early one looks again. */
  private void armWake() {
    cancelWake.run();
    armedWake = wantedWake;
    cancelWake = environment.schedule(wantedWake, () -> post(new Input.Wake()));
  }

  private void armSweep(long deadline) {
    if (armedSweep != NEVER && armedSweep - deadline <= 0) {
      return;
    }
    cancelSweep.run();
    armedSweep = deadline;
    cancelSweep =
        environment.schedule(
            deadline,
            () -> {
              mailbox.put(new Mailbox.Task(this::sweep));
              wake();
            });
  }

  private void sweep() {
    armedSweep = NEVER;
    long next = pending.expire(now, outcomes);
    next = Math.min(next, reads.expire(now, outcomes));
    if (next != NEVER) {
      armSweep(next);
    }
  }

  /** The disk is told first: whoever waits, waits for it. */
  private void tellProgress() {
    long applicable = Math.min(core.commitIndex(), core.durableIndex());
    boolean applies = stoppedBecause == null && applicable != toldCommit;
    if (applies) {
      // O5: neither apply nor a block header is told of more than is durable here.
      toldCommit = applicable;
      writer.commitIndex(applicable);
    }
    boolean writes = writer.hasWork();
    if (writes) {
      writer.wake();
    }
    if (stoppedBecause == null) {
      apply.applyTo(applicable, writes && core.role() != NodeRole.LEADER);
      tellIndexes();
    }
  }

  private void tellIndexes() {
    if (core.durableIndex() != toldDurable) {
      toldDurable = core.durableIndex();
      runner.durableIndex(toldDurable);
    }
    if (core.commitIndex() != measuredCommit) { // may be ahead of what is durable here
      measuredCommit = core.commitIndex();
      metrics.set("bowline.commit.index", measuredCommit);
    }
  }

  /** From any of our own stages. */
  void post(Input input) {
    mailbox.put(new Mailbox.Of(input));
    wake();
  }

  /** From the apply stage: the next turn takes it along, whatever causes it; nobody is woken. */
  void applied(Input.Applied input) {
    newestApplied = input;
  }

  /** As {@link #post}, from a thread that may be borrowed for a turn. */
  void postHere(Input input) {
    mailbox.put(new Mailbox.Of(input));
    wakeBorrowing();
  }

  /** From a thread that may be borrowed for a turn, if the environment lends its threads. */
  void wakeBorrowing() {
    if (environment.lendsThreads()) {
      wakeHere();
    } else {
      wake();
    }
  }

  @Override
  void failed(Throwable cause) {
    listener.crashed(cause);
  }

  /** On the raft stage: nothing is stepped any more; who waits is told. */
  void stop(Refusal because, String unknown) {
    if (stoppedBecause != null) {
      return;
    }
    stoppedBecause = because;
    cancelWake.run();
    cancelSweep.run();
    runner.stop();
    pending.abandon(unknown, outcomes);
    reads.refuseAll(because, outcomes);
    outcomes.deliver(callbacks);
  }
}
