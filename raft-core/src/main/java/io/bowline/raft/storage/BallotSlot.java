package io.bowline.raft.storage;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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

  static final int VERSION = 2;

  private static final int RECORD_BYTES = 512;
  private static final long MAGIC = 0x31544c4257574f42L; // "BOWWBLT1"
  private static final int CLUSTER = 96;
  private static final int VOTE = CLUSTER + IdField.BYTES;
  private static final int VOTE_INCARNATION = VOTE + IdField.BYTES;
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
    Peer vote = ballot.votedFor();
    if (vote != null) {
      IdField.put(out, VOTE, vote.id().value());
      out.putLong(VOTE_INCARNATION, vote.incarnation().high());
      out.putLong(VOTE_INCARNATION + 8, vote.incarnation().low());
    }
    out.putInt(CRC, Checksum.of(out, 0, CRC, new CRC32C()));
    return out.position(0);
  }

  /**
   * The slot that stands in a block, if its record is intact and in its place; {@code null}
   * otherwise.
   *
   * @throws StorageException if it is intact, and says what cannot be
   */
  static @Nullable BallotSlot decode(Path file, ByteBuffer in, int place) throws StorageException {
    if (in.limit() < RECORD_BYTES
        || in.getLong(0) != MAGIC
        || in.getInt(CRC) != Checksum.of(in, 0, CRC, new CRC32C())
        || (in.getLong(16) & 1) != place) {
      return null;
    }
    if (in.getInt(8) != VERSION || in.getInt(12) != 0) {
      throw refused(
          file,
          "format version " + in.getInt(8) + " with flags " + in.getInt(12) + " is not known here");
    }
    for (int at = 40; at < CLUSTER; at += Long.BYTES) {
      if (!Numbers.isSane(in.getLong(at)) || !Numbers.isSane(in.getLong(16))) {
        throw refused(file, "its number " + in.getLong(at) + " at byte " + at + " cannot be");
      }
    }
    try {
      return decode(in);
    } catch (IllegalArgumentException e) {
      throw refused(file, String.valueOf(e.getMessage()));
    }
  }

  private static StorageException refused(Path file, String why) {
    return new StorageException(
        file + ": a slot agrees with its checksum, but " + why + ". " + StorageException.WAYS_OUT);
  }

  private static BallotSlot decode(ByteBuffer in) {
    Peer vote = null;
    if (in.get(VOTE) != 0) {
      vote =
          new Peer(
              NodeId.of(IdField.get(in, VOTE)),
              new Incarnation(in.getLong(VOTE_INCARNATION), in.getLong(VOTE_INCARNATION + 8)));
    }
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
