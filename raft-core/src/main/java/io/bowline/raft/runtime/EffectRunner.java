package io.bowline.raft.runtime;

import io.bowline.raft.core.Effect;
import io.bowline.raft.core.Input;
import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.transport.Transport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does what the core decided, in order, and decides nothing. What a step's effects answer at once
 * (entries cut from memory) comes out of {@link #nextAnswer} before anything else is stepped.
 */
final class EffectRunner {
  private static final long MOST_BYTES_OF_AN_ARRAY = 256 << 10;

  private final GroupId group;
  private final NodeId self;
  private final Transport transport;
  private final RaftStorage storage;
  private final Executor background;
  private final TailCache tail;
  private final DiskWriter writer;
  private final PendingProposals pending;
  private final Mailbox mailbox;
  private final Runnable wakeLoop;
  private final Consumer<Effect> loopEffects;
  private final HeldSends held;
  private final Foreign foreign;
  private final ArrayDeque<Input> answers = new ArrayDeque<>();

  // What the step that is being run has brought; at most one of them.
  private @Nullable List<? extends Proposal> proposals;
  private @Nullable EntryBatch received;

  EffectRunner(
      GroupId group,
      NodeId self,
      Transport transport,
      RaftStorage storage,
      NodeWorld world,
      TailCache tail,
      DiskWriter writer,
      PendingProposals pending,
      Mailbox mailbox,
      Runnable wakeLoop,
      Consumer<Effect> loopEffects) {
    this.group = group;
    this.self = self;
    this.transport = transport;
    this.storage = storage;
    this.background = world.executor(NodeEnvironment.Stage.SNAPSHOT);
    this.tail = tail;
    this.writer = writer;
    this.pending = pending;
    this.mailbox = mailbox;
    this.wakeLoop = wakeLoop;
    this.loopEffects = loopEffects;
    this.foreign = world.foreign();
    this.held = new HeldSends(send -> transmit(send.to(), send.message()));
  }

  /** What the next step's ticket stands for. */
  void bring(@Nullable List<? extends Proposal> fresh, @Nullable EntryBatch batch) {
    proposals = fresh;
    received = batch;
  }

  /** What is so far can be read from the file again: memory keeps of it what fits. */
  void durableIndex(long index) {
    tail.durable(index);
  }

  /** Runs the effects of one step. */
  void run(List<Effect> effects) {
    for (int i = 0; i < effects.size(); i++) {
      Effect effect = effects.get(i);
      if (effect instanceof Effect.SendEntries ask) {
        sendEntries(ask);
      } else if (effect instanceof Effect.Append append) {
        append(append);
      } else if (effect instanceof Effect.Send send) {
        held.send(send);
      } else if (effect instanceof Effect.AppendOwn own) {
        appendOwn(own);
      } else if (effect instanceof Effect.SaveBallot save) {
        held.term(save.term());
        writer.saveBallot(save.write(), new Ballot(save.term(), save.votedFor()));
      } else {
        if (effect instanceof Effect.RoleChanged) {
          tail.nobodyIsSent();
        }
        loopEffects.accept(effect);
      }
    }
  }

  private void append(Effect.Append append) {
    EntryBatch batch;
    if (received != null) {
      batch = received.range(append.first().index(), append.first().index() + append.count() - 1);
    } else {
      List<? extends Proposal> fresh = proposals;
      if (fresh == null || fresh.size() != append.count()) {
        throw new IllegalStateException("nothing to append for " + append);
      }
      batch = encode(fresh, append.first(), append.replicatedTime());
      pending.add(append.first(), fresh);
    }
    tail.append(batch);
    writer.append(append.write(), batch);
  }

  /**
   * The one and only encoding: these bytes go to the wire, to every disk and into apply. Much is
   * cut into several arrays, so that none is a large object to the collector.
   */
  private static EntryBatch encode(List<? extends Proposal> fresh, EntryId first, long time) {
    List<EntryBatch> parts = new ArrayList<>(1);
    int from = 0;
    while (from < fresh.size()) {
      int to = from;
      long bytes = 0;
      while (to < fresh.size()
          && (to == from || bytes + fresh.get(to).payloadBytes() <= MOST_BYTES_OF_AN_ARRAY)) {
        bytes += fresh.get(to).payloadBytes();
        to++;
      }
      EntryId id = new EntryId(first.index() + from, first.term());
      parts.add(encode(fresh.subList(from, to), id, bytes, time));
      from = to;
    }
    return EntryBatch.join(parts);
  }

  private static EntryBatch encode(
      List<? extends Proposal> fresh, EntryId first, long bytes, long time) {
    EntryBatch.Builder builder = EntryBatch.builder(first, fresh.size(), bytes, time);
    for (Proposal proposal : fresh) {
      if (proposal.session == null) {
        builder.add(proposal.type, proposal.takePayload());
      } else {
        builder.add(proposal.type, proposal.session, proposal.takePayload());
      }
    }
    return builder.build();
  }

  private void appendOwn(Effect.AppendOwn own) {
    byte[] payload = own.membership() == null ? new byte[0] : own.membership().encode();
    EntryType type = own.membership() == null ? EntryType.NO_OP : EntryType.MEMBERSHIP;
    EntryBatch batch =
        EntryBatch.builder(own.id(), 1, payload.length, own.replicatedTime())
            .add(type, payload)
            .build();
    tail.append(batch);
    writer.append(own.write(), batch);
  }

  private void sendEntries(Effect.SendEntries ask) {
    EntryBatch batch = tail.cut(ask.firstIndex(), Long.MAX_VALUE, ask.maxBytes());
    if (batch != null) {
      answers.add(send(ask, batch));
      return;
    }
    try {
      background.execute(() -> readBack(ask));
    } catch (RuntimeException e) { // nobody will read it: the core asks again by itself
      foreign.tell("background work is refused: entries for a slow peer are asked for again", e);
      answers.add(failed(ask));
    }
  }

  /** On the background stage. Whatever happens there is an answer: a peer waits for it. */
  private void readBack(Effect.SendEntries ask) {
    Mailbox.Item answer = new Mailbox.Of(failed(ask));
    try {
      EntryBatch read = storage.read(ask.firstIndex(), ask.maxBytes());
      answer = new Mailbox.ReadBack(ask, read.isEmpty() ? null : read, null);
    } catch (StorageException e) {
      answer = new Mailbox.ReadBack(ask, null, e);
    } finally { // an error is told by whoever runs background work
      mailbox.put(answer);
      wakeLoop.run();
    }
  }

  private static Input failed(Effect.SendEntries ask) {
    return new Input.SendFailed(ask.to(), ask.session());
  }

  /** A transport that throws has sent nothing. */
  private boolean transmit(Peer to, Message message) {
    try {
      return transport.send(group, to, message);
    } catch (RuntimeException | Error e) {
      foreign.threw("the transport", e);
      return false;
    }
  }

  /** Sends what was cut; what the core is told of it. */
  Input send(Effect.SendEntries ask, @Nullable EntryBatch batch) {
    if (batch != null) {
      Message message =
          new Message.AppendEntries(
              self, ask.term(), ask.session(), ask.prev(), batch, ask.commit());
      if (transmit(ask.to(), message)) {
        tail.sent(ask.to().id(), batch.lastIndex());
        return new Input.Sent(ask.to(), ask.session(), batch.lastIndex(), batch.byteLength());
      }
    }
    return failed(ask);
  }

  /** What the last effects answered at once; null if nothing is left. */
  @Nullable Input nextAnswer() {
    return answers.poll();
  }

  /** Sets promises free that waited for that write. */
  void durable(long write) {
    held.durable(write);
  }

  void stop() {
    held.clear();
    answers.clear();
  }
}
