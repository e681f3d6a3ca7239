package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import io.bowline.raft.testkit.Prng;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Entries whose bytes follow from index and term, so that no two are alike and none is kept. */
final class Entries {
  /** An entry as it lies in the log: its place and its frame, header included. */
  record Framed(EntryId id, ByteBuffer frame) {
    @Override
    public String toString() {
      return id + ":" + frame.remaining();
    }
  }

  private Entries() {}

  /** Commands of one term, each with a payload of so many bytes. */
  static EntryBatch commands(long first, long term, int count, int bytes) {
    EntryBatch.Builder builder =
        EntryBatch.builder(
            new EntryId(first, term), count, (long) count * bytes, time(first, term));
    for (long index = first; index < first + count; index++) {
      builder.add(EntryType.COMMAND, payload(index, term, bytes));
    }
    return builder.build();
  }

  /** One entry of any type. */
  static EntryBatch one(long index, long term, EntryType type, byte[] payload) {
    return EntryBatch.builder(new EntryId(index, term), 1, payload.length, time(index, term))
        .add(type, payload)
        .build();
  }

  /** Replicated time grows along the log. */
  private static long time(long index, long term) {
    return term * 1_000_000_000L + index * 1_000;
  }

  static byte[] payload(long index, long term, int bytes) {
    byte[] payload = new byte[bytes];
    Prng random = new Prng(index * 31 + term);
    for (int at = 0; at < bytes; at += Long.BYTES) {
      long word = random.nextLong();
      for (int i = at; i < Math.min(bytes, at + Long.BYTES); i++) {
        payload[i] = (byte) (word >>> ((i - at) * Byte.SIZE));
      }
    }
    return payload;
  }

  /** A payload that an entry of this type may have. */
  static byte[] payloadOf(EntryType type, long index, long term) {
    return switch (type) {
      case COMMAND -> payload(index, term, 40);
      case NO_OP -> new byte[0];
      case MEMBERSHIP -> Place.INITIAL.encode();
      case SESSION_OPEN -> payload(index, term, SessionKey.BYTES);
      case SESSION_COMMAND -> payload(index, term, SessionHeader.BYTES + 40);
      case SESSION_CLOSE -> payload(index, term, SessionHeader.BYTES);
    };
  }

  /** The batch, entry for entry. */
  static List<Framed> of(EntryBatch batch) {
    List<Framed> entries = new ArrayList<>(batch.count());
    if (batch.isEmpty()) {
      return entries;
    }
    ByteBuffer all = bytes(batch);
    int at = 0;
    for (long index = batch.firstIndex(); index <= batch.lastIndex(); index++) {
      int length = batch.frameBytes(index);
      entries.add(new Framed(new EntryId(index, batch.termAt(index)), all.slice(at, length)));
      at += length;
    }
    return entries;
  }

  /** All frames of the batch, one behind the other. */
  static ByteBuffer bytes(EntryBatch batch) {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(batch.byteLength()));
    batch.writeTo(all::put);
    return all.flip();
  }
}
