package io.bowline.raft.testkit;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;
import org.jspecify.annotations.Nullable;

/** A replica on one node in one life; the ghost outside is told of each command and its reply. */
final class WatchedMachine<C, R> implements StateMachine<C, R> {
  private final Service<C, R> service;
  private final Cluster cluster;
  private final int slot;
  private final Replica<C, R> replica;
  private final ForeignCode foreign;
  private long lastIndex;

  WatchedMachine(Cluster cluster, Service<C, R> service, int slot, ForeignCode foreign) {
    this.foreign = foreign;
    this.cluster = cluster;
    this.service = service;
    this.slot = slot;
    this.replica = service.replica(slot);
  }

  /** The index of the last command that it replied to. */
  long lastIndex() {
    return lastIndex;
  }

  @Override
  public void apply(CommittedBatch<C, R> batch) throws Exception {
    foreign.appliesFrom();
    try {
      replica.apply(new Watched(batch));
    } finally {
      foreign.appliesNoMore();
    }
  }

  @Override
  public R query(C query) throws Exception {
    foreign.called(Seam.QUERY);
    R answer = replica.query(query);
    checkInvariant();
    return answer;
  }

  private void checkInvariant() {
    try {
      replica.checkInvariant();
    } catch (ProcessDied died) {
      throw died;
    } catch (RuntimeException | Error broken) {
      throw service
          .simulation()
          .failure("INVARIANT", "n" + (slot + 1) + " at " + lastIndex + ": " + broken.getMessage());
    }
  }

  /** A batch whose replies are heard. */
  private final class Watched implements CommittedBatch<C, R> {
    private final CommittedBatch<C, R> batch;
    private @Nullable C command;
    private long serial;
    private long checksum;

    Watched(CommittedBatch<C, R> batch) {
      this.batch = batch;
    }

    @Override
    public boolean next() {
      command = null;
      foreign.called(Seam.APPLY);
      return batch.next();
    }

    @Override
    public long index() {
      return batch.index();
    }

    @Override
    public long timeNanos() {
      return batch.timeNanos();
    }

    @Override
    public C command() {
      C decoded = batch.command();
      command = decoded;
      serial = service.commands().decodedSerial();
      checksum = service.commands().decodedChecksum();
      return decoded;
    }

    @Override
    public void reply(R reply) {
      C applied = command == null ? command() : command;
      long index = batch.index();
      if (index <= lastIndex) {
        throw new IllegalStateException("index " + index + " comes behind " + lastIndex);
      }
      lastIndex = index;
      GhostLog.Applied entry =
          new GhostLog.Applied(index, batch.timeNanos(), serial, checksum, replica.stateHash());
      boolean first = index > service.ghost().lastIndex();
      service.ghost().applied(slot, entry, applied, reply);
      checkInvariant();
      if (first && service == cluster.service()) {
        cluster.applied(slot, service.history().askerOf(serial));
      }
      batch.reply(reply);
    }
  }
}
