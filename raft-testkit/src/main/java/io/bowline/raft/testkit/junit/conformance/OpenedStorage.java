package io.bowline.raft.testkit.junit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.fail;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Peer;
import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.testkit.junit.conformance.Entries.Framed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open storage as a log stage uses it: one write at a time, the next when the one before was
 * completed, and beside it the model of what it must hold.
 */
final class OpenedStorage {
  private static final int READ_BYTES = 64 << 10;
  private static final long SEEK_ROOM_MILLIS = 10;

  private final RaftStorage storage;
  private final StorageModel model;
  private final BooleanSupplier dead;
  private final Duration patience;
  private volatile boolean lacksRoom;
  private volatile boolean toldOfLack;

  OpenedStorage(RaftStorage storage, StorageModel model, BooleanSupplier dead, Duration patience) {
    this.storage = storage;
    this.model = model;
    this.dead = dead;
    this.patience = patience;
    storage.onRoom(
        lack -> {
          lacksRoom = lack != null;
          toldOfLack |= lack != null;
        });
  }

  RaftStorage storage() {
    return storage;
  }

  boolean lacksRoom() {
    return lacksRoom;
  }

  boolean wasToldOfLack() {
    return toldOfLack;
  }

  /** Makes it durable; it must not fail. */
  void save(Ballot ballot) {
    assertNull(trySave(ballot), "a ballot failed on a whole disk");
  }

  /** The next term, with or without a vote. */
  void saveNextTerm(@Nullable Peer vote) {
    save(new Ballot(model.ballot().term() + 1, vote));
  }

  @Nullable IOException trySave(Ballot ballot) {
    model.begin(ballot);
    return write(done -> storage.saveBallot(ballot, done));
  }

  /** One group commit; it must not fail. */
  void append(EntryBatch... batches) {
    assertNull(tryAppend(batches), "an append failed on a whole disk");
  }

  @Nullable IOException tryAppend(EntryBatch... batches) {
    List<EntryBatch> group = List.of(batches);
    model.begin(group);
    return write(done -> storage.append(group, 0, done));
  }

  void idle() {
    assertNull(tryIdle(), "the group fell idle, and that failed on a whole disk");
  }

  @Nullable IOException tryIdle() {
    return write(storage::idle);
  }

  private @Nullable IOException write(Consumer<Completion> call) {
    Pending pending = new Pending(this::succeeded);
    call.accept(pending);
    if (dead.getAsBoolean()) {
      throw new Killed(); // whatever it says, there is nobody left who hears it
    }
    return await(pending);
  }

  /** In the instant it is told: what dies a moment later was acknowledged all the same. */
  private void succeeded() {
    if (!dead.getAsBoolean()) {
      model.completed();
    }
  }

  /** A write that waits for room goes on when it is asked to seek some. */
  private @Nullable IOException await(Pending pending) {
    long deadline = System.nanoTime() + patience.toNanos();
    End told = pending.poll(lacksRoom ? SEEK_ROOM_MILLIS : patience.toMillis());
    while (told == null && System.nanoTime() < deadline) {
      if (lacksRoom) {
        storage.seekRoom();
      }
      told = pending.poll(SEEK_ROOM_MILLIS);
    }
    if (told == null) {
      return fail("a write was not completed within " + patience);
    }
    return told.failure();
  }

  /** Begins an append and does not wait for its end. */
  Pending beginAppend(EntryBatch batch) {
    Pending pending = new Pending(this::succeeded);
    model.begin(List.of(batch));
    storage.append(List.of(batch), 0, pending);
    return pending;
  }

  /** All entries, as reads of moderate length give them. */
  List<Framed> readAll() throws StorageException {
    return readFrom(1, storage.log().last().index());
  }

  List<Framed> readFrom(long first, long last) throws StorageException {
    List<Framed> found = new ArrayList<>();
    for (long next = first; next <= last; next = first + found.size()) {
      EntryBatch batch = storage.read(next, READ_BYTES);
      assertFalse(batch.isEmpty(), "there is no entry " + next + " of " + last);
      assertEquals(next, batch.firstIndex(), "the first index of what was read");
      found.addAll(Entries.of(batch));
    }
    return found;
  }

  /** What is there now is what was completed. */
  void requireModel() throws StorageException {
    assertEquals(model.log(), readFrom(1, model.lastIndex()), "the entries");
    assertEquals(
        List.of(), Entries.of(storage.read(model.lastIndex() + 1, READ_BYTES)), "behind the end");
  }

  void close() {
    storage.close();
  }

  /** How a write ended. */
  record End(@Nullable IOException failure) {}

  /** Remembers how a write ended, and how often it was told. */
  static final class Pending implements Completion {
    private final BlockingQueue<End> told = new LinkedBlockingQueue<>();
    private final Runnable onSuccess;

    Pending(Runnable onSuccess) {
      this.onSuccess = onSuccess;
    }

    @Override
    public void completed(@Nullable IOException failure) {
      if (failure == null) {
        onSuccess.run();
      }
      told.add(new End(failure));
    }

    /** How it ended; {@code null} if nobody has said within that time. */
    @Nullable End poll(long millis) {
      try {
        return told.poll(millis, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a write was awaited", e);
      }
    }

    /** How it ended; fails if nobody says within that time. */
    End require(Duration patience, String what) {
      End end = poll(patience.toMillis());
      if (end == null) {
        throw new AssertionError(what + " was never completed");
      }
      return end;
    }
  }
}
