package io.bowline.raft.runtime;

import io.bowline.raft.core.CoreStatus;
import io.bowline.raft.core.Effect;
import io.bowline.raft.core.Input;
import io.bowline.raft.core.RaftCore;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.storage.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The raft stage: drains the mailbox, steps the core, has the effects run. Never blocks; what waits
 * is one batch, and all proposals of a batch are one input. A step that throws is the last one: the
 * effects of a step start only when it has returned, and the end comes before all that waits.
 */
final class NodeLoop extends Actor {
  private static final int MAX_ITEMS_PER_TURN = 1024;
  private static final long MAX_BYTES_PER_TURN = 4 << 20;
  private static final long NEVER = Alarm.NEVER;

  private final NodeEnvironment environment;
  private final Mailbox mailbox;
  private final DiskWriter writer;
  private final ApplyPipeline apply;
  private final PendingProposals pending;
  private final Admission admission;
  private final PendingReads reads = new PendingReads();
  private final NodeMetrics metrics;
  private final Executor callbacks;
  private final LoopListener listener;
  private final Outcomes outcomes;
  private final List<Effect> effects = new ArrayList<>();
  private final EffectRunner runner;

  /** Null until the founding is complete: nobody steps before (identity 6). */
  private @Nullable RaftCore core;

  /** What our own stages said before. */
  private final ArrayDeque<Input> early = new ArrayDeque<>();

  private long now;
  private long nextTicket = 1;
  private long proposeTicket;
  private @Nullable List<? extends Proposal> proposing;
  private List<Proposal> takenProposals = new ArrayList<>();
  private final List<Query> takenQueries = new ArrayList<>();
  private final Alarm wakeAlarm;
  private final Alarm sweepAlarm;
  private long wantedWake = NEVER;
  private long toldCommit;
  private long measuredCommit;
  private long toldDurable;
  private volatile @Nullable Runnable ending;
  private volatile boolean ended;
  private @Nullable Refusal stoppedBecause;
  private final Pictures pictures;
  private volatile Input.@Nullable Applied newestApplied;
  private long takenApplied;

  NodeLoop(
      NodeEnvironment environment,
      CoreStatus before,
      Mailbox mailbox,
      DiskWriter writer,
      ApplyPipeline apply,
      PendingProposals pending,
      Admission admission,
      NodeMetrics metrics,
      LoopListener listener,
      java.util.function.Function<Consumer<Effect>, EffectRunner> runner) {
    super(environment.executor(NodeEnvironment.Stage.RAFT));
    this.environment = environment;
    this.mailbox = mailbox;
    this.writer = writer;
    this.apply = apply;
    this.pending = pending;
    this.admission = admission;
    this.outcomes = new Outcomes(admission);
    this.metrics = metrics;
    this.callbacks = environment.executor(NodeEnvironment.Stage.CALLBACK);
    this.listener = listener;
    this.pictures = new Pictures(before);
    this.wakeAlarm = new Alarm(environment, () -> post(new Input.Wake()));
    this.sweepAlarm = new Alarm(environment, () -> task(this::sweep));
    this.runner = runner.apply(this::loopEffect);
  }

  /** Raft stage, once: from now on this core is stepped. */
  void begin(RaftCore founded) {
    if (stoppedBecause != null) {
      return;
    }
    core = founded;
    pictures.begin(founded);
    step(new Input.Wake());
    for (Input input = early.poll(); input != null; input = early.poll()) {
      input(input);
    }
  }

  @Override
  boolean hasWork() {
    return !mailbox.isEmpty() || isEndDue();
  }

  private boolean isEndDue() {
    return ending != null && !ended;
  }

  @Override
  void turn() {
    now = environment.nanoTime();
    endIfDue();
    takeApplied();
    long bytes = 0;
    for (int items = 0;
        items < MAX_ITEMS_PER_TURN && bytes < MAX_BYTES_PER_TURN && !isEndDue();
        items++) {
      Mailbox.Item item = mailbox.poll();
      if (item == null) {
        break;
      }
      bytes += take(item);
    }
    if (isEndDue()) {
      return; // what was taken ends with it
    }
    propose();
    read();
    tellProgress();
    outcomes.deliver(callbacks);
    admission.measure(metrics);
  }

  private void endIfDue() {
    Runnable end = ending;
    if (end != null && !ended) {
      ended = true;
      end.run();
    }
  }

  /** Handles it, or gathers it; says how many bytes it brought. */
  private long take(Mailbox.Item item) {
    if (item instanceof Mailbox.Proposals more) {
      takenProposals.addAll(more.proposals());
      return more.bytes();
    }
    if (item instanceof Mailbox.Queries more) {
      takenQueries.addAll(more.queries());
      return 0;
    }
    handle(item);
    return item instanceof Mailbox.Received received
            && received.message() instanceof Message.AppendEntries append
        ? append.entries().byteLength()
        : 0;
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
    } else if (core == null) {
      if (item instanceof Mailbox.Of of && !(of.input() instanceof Input.Wake)) {
        early.add(of.input()); // few: there is nothing to write and nobody to hear yet
      }
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
    RaftCore leader = core;
    if (leader == null || leader.term() != back.ask().term() || leader.role() != NodeRole.LEADER) {
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
      wakeAlarm.heard();
      if (wantedWake != NEVER && now - wantedWake < 0) {
        wakeAlarm.by(wantedWake);
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

  private void propose() {
    takenProposals.removeIf(this::isLate);
    if (takenProposals.isEmpty()) {
      return;
    }
    List<Proposal> proposals = takenProposals;
    Refusal refusal = stepsNothing();
    if (refusal != null) {
      refuse(proposals, refusal);
      proposals.clear();
      return;
    }
    long bytes = 0;
    for (Proposal proposal : proposals) {
      bytes += proposal.payloadBytes();
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
    takenProposals = new ArrayList<>(); // it is kept by index now
  }

  /**
   * Why no call is taken, before there is a core and when its last step is over; null if one is.
   */
  private @Nullable Refusal stepsNothing() {
    return stoppedBecause == null && core == null ? new Refusal.NotLeader() : stoppedBecause;
  }

  private boolean isLate(Proposal proposal) {
    if (proposal.deadlineNanos - now > 0) {
      return false;
    }
    outcomes.refused(proposal, new Refusal.TimedOut("it waited for the raft stage too long"));
    outcomes.settled(proposal);
    return true;
  }

  private void refuse(List<? extends Proposal> proposals, Refusal refusal) {
    metrics.add("bowline.proposals.refused.total", proposals.size());
    for (Proposal proposal : proposals) {
      outcomes.refused(proposal, refusal);
      outcomes.settled(proposal);
    }
  }

  private void read() {
    if (takenQueries.isEmpty()) {
      return;
    }
    List<Query> queries = new ArrayList<>(takenQueries);
    takenQueries.clear();
    Refusal refusal = stepsNothing();
    if (refusal != null) {
      for (Query query : queries) {
        outcomes.refused(query, refusal);
        outcomes.settled(query);
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
    RaftCore stepped = core;
    for (Input next = input;
        next != null && stepped != null && stoppedBecause == null;
        next = runner.nextAnswer()) {
      effects.clear();
      stepped.step(next, now, effects);
      runner.run(effects);
    }
  }

  /** The effects that are neither write nor send. */
  private void loopEffect(Effect effect) {
    if (effect instanceof Effect.WakeAt wake) {
      wantedWake = wake.deadlineNanos();
      wakeAlarm.by(wantedWake);
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
    } else if (effect instanceof Effect.Reset reset) {
      listener.reset(reset);
    } else if (effect instanceof Effect.Unhealthy unhealthy) {
      listener.unhealthy(unhealthy.reason());
    } else if (!(effect instanceof Effect.Commit)) { // commit is told once a turn
      throw new AssertionError("no rule for effect " + effect);
    }
  }

  private void armSweep(long deadline) {
    sweepAlarm.by(deadline);
  }

  private void sweep() {
    sweepAlarm.heard();
    long next = pending.expire(now, outcomes);
    next = Math.min(next, reads.expire(now, apply.lastApplied(), outcomes));
    if (next != NEVER) {
      armSweep(next);
    }
  }

  /** The disk is told first: whoever waits, waits for it. */
  private void tellProgress() {
    RaftCore seen = core;
    if (seen == null) {
      return;
    }
    long applicable = Math.min(seen.commitIndex(), seen.durableIndex());
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
      apply.applyTo(applicable, writes && seen.role() != NodeRole.LEADER);
      tellIndexes(seen);
      listener.turned(now, applicable);
    }
  }

  private void tellIndexes(RaftCore seen) {
    if (seen.durableIndex() != toldDurable) {
      toldDurable = seen.durableIndex();
      runner.durableIndex(toldDurable);
    }
    if (seen.commitIndex() != measuredCommit) { // may be ahead of what is durable here
      measuredCommit = seen.commitIndex();
      metrics.set("bowline.commit.index", measuredCommit);
    }
  }

  /** Something to do on the raft stage; from any thread. */
  void task(Runnable task) {
    mailbox.put(new Mailbox.Task(task));
    wake();
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

  /** A picture of the core; of a node that has ended the last one. From any thread. */
  void picture(Consumer<CoreStatus> receiver) {
    pictures.ask(receiver, this::task);
  }

  /** From any thread, once: the next thing that the raft stage does, before all that waits. */
  void end(Runnable onRaftStage) {
    ending = onRaftStage;
    wake();
  }

  /** On the raft stage: nothing is stepped any more; who waits is told. */
  void stop(Refusal because, String unknown) {
    if (stoppedBecause != null) {
      return;
    }
    stoppedBecause = because;
    pictures.end();
    wakeAlarm.cancel();
    sweepAlarm.cancel();
    runner.stop();
    pending.abandon(unknown, outcomes);
    refuse(takenProposals, because); // those of them that have an index are unknown already
    takenProposals.clear();
    reads.refuseAll(because, outcomes);
    for (Query query : takenQueries) {
      outcomes.refused(query, because);
      outcomes.settled(query);
    }
    takenQueries.clear();
    outcomes.deliver(callbacks);
  }
}
