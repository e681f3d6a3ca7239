package io.bowline.raft.storage;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.NodeId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One slot of a ballot file (STORAGE F5): a record of 512 bytes at the begin of a 4096-byte block.
 *
 * @param sequence grows by one at each write; the slot's place is its lowest bit
 */
record BallotSlot(
    long sequence, ClusterId cluster, Incarnation incarnation, Ballot ballot, Hints hints) {
  /** What is written: a whole block, so that a torn write can harm this slot only. */
  static final int BLOCK_BYTES = 4096;

  static final int VERSION = 1;

  private static final int RECORD_BYTES = 512;
  private static final long MAGIC = 0x31544c4257574f42L; // "BOWWBLT1"
  private static final int CLUSTER = 96;
  private static final int VOTE = CLUSTER + IdField.BYTES;
  private static final int CRC = RECORD_BYTES - 4;

  /** 0 or 1: which of the two slots this belongs into. */
  int place() {
    return (int) (sequence & 1);
  }

  ByteBuffer encode() {
    ByteBuffer out = Checksum.buffer(BLOCK_BYTES);
    out.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(sequence);
    out.putLong(incarnation.high()).putLong(incarnation.low()).putLong(ballot.term());
    out.putLong(hints.durableBlock()).putLong(hints.commit());
    out.putLong(hints.votePosition().index()).putLong(hints.votePosition().term());
    out.putLong(hints.wholeUpTo()).putLong(hints.atBlock());
    IdField.put(out, CLUSTER, cluster.value());
    NodeId vote = ballot.votedFor();
    if (vote != null) {
      IdField.put(out, VOTE, vote.value());
    }
    out.putInt(CRC, Checksum.of(out, 0, CRC, new CRC32C()));
    return out.position(0);
  }

  /** The slot that stands in a block, if its record is intact and in its place. */
  static @Nullable BallotSlot decode(ByteBuffer in, int place) throws StorageException {
    if (in.limit() < RECORD_BYTES
        || in.getLong(0) != MAGIC
        || in.getInt(CRC) != Checksum.of(in, 0, CRC, new CRC32C())
        || (in.getLong(16) & 1) != place) {
      return null;
    }
    if (in.getInt(8) != VERSION || in.getInt(12) != 0) {
      throw new StorageException(
          "ballot format version "
              + in.getInt(8)
              + " with flags "
              + in.getInt(12)
              + " needs a newer version than feature level 1");
    }
    NodeId vote = in.get(VOTE) == 0 ? null : NodeId.of(IdField.get(in, VOTE));
    return new BallotSlot(
        in.getLong(16),
        ClusterId.of(IdField.get(in, CLUSTER)),
        new Incarnation(in.getLong(24), in.getLong(32)),
        new Ballot(in.getLong(40), vote),
        new Hints(
            in.getLong(48),
            in.getLong(56),
            new EntryId(in.getLong(64), in.getLong(72)),
            in.getLong(80),
            in.getLong(88)));
  }
}
