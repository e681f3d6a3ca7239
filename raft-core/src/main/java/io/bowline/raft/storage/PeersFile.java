package io.bowline.raft.storage;

import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.StartPair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * {@code DIR/peers} (STORAGE F0, identity 11): the newest start of each incarnation that counts
 * here. Replaced as a whole (F7). Without it an old copy of a peer would be welcome again.
 */
final class PeersFile {
  static final String NAME = "peers";
  static final String NEXT = "peers.tmp";

  /** A founding record and an effective membership name half of it. */
  static final int MOST = 256;

  private static final long MAGIC = 0x3152454550574f42L; // "BOWPEER1"
  private static final int VERSION = 1;
  private static final int FIXED_BYTES = 32;
  private static final int ENTRY_BYTES = 32;

  private PeersFile() {}

  /** Only who counts is given to it, so that it never grows beyond its bound. */
  static void requireRoom(Map<Incarnation, StartPair> peers, Incarnation of, StartPair pair) {
    if (!Numbers.isSane(pair.counter()) || (peers.size() >= MOST && !peers.containsKey(of))) {
      throw new IllegalArgumentException(
          of + " with " + pair + " is not remembered beside " + peers.size() + " others");
    }
  }

  static byte[] encode(Incarnation owner, Map<Incarnation, StartPair> peers) {
    int size = FIXED_BYTES + ENTRY_BYTES * peers.size() + 4;
    byte[] bytes = new byte[size];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(VERSION).putInt(peers.size());
    out.putLong(owner.high()).putLong(owner.low());
    peers.forEach(
        (of, pair) -> {
          out.putLong(of.high()).putLong(of.low());
          out.putLong(pair.counter()).putLong(pair.nonce());
        });
    out.putInt(Checksum.of(out, 0, size - 4, new CRC32C()));
    return bytes;
  }

  /** Reads it; without it only the one voter of a group may start. */
  static Map<Incarnation, StartPair> read(Disk disk, Path file, Identity identity)
      throws IOException {
    try {
      if (!disk.exists(file)) {
        throw unreadable(file, "it is missing");
      }
      int most = FIXED_BYTES + ENTRY_BYTES * MOST + 4;
      return decode(file, WholeFile.read(disk, file, most), identity.incarnation());
    } catch (StorageException e) {
      if (!e.retryable() && isOnlyVoter(identity)) {
        return new LinkedHashMap<>(); // nobody else counts here
      }
      throw e;
    }
  }

  private static boolean isOnlyVoter(Identity identity) {
    Membership record = identity.founding().record();
    Membership known = record == null ? identity.list() : record;
    return known.members().stream().filter(m -> m.role().votesIncoming()).count() == 1;
  }

  private static Map<Incarnation, StartPair> decode(Path file, byte[] bytes, Incarnation owner)
      throws StorageException {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < FIXED_BYTES + 4 || in.getLong(0) != MAGIC) {
      throw unreadable(file, "it does not begin with the magic number of its kind");
    }
    if (in.getInt(8) != VERSION) {
      throw unreadable(file, "its format version " + in.getInt(8) + " is not known here");
    }
    int count = in.getInt(12);
    long size = FIXED_BYTES + (long) ENTRY_BYTES * count + 4;
    if (count < 0
        || count > MOST
        || size != bytes.length
        || in.getInt((int) size - 4) != Checksum.of(in, 0, (int) size - 4, new CRC32C())) {
      throw unreadable(file, "it does not agree with its checksum");
    }
    if (!owner.equals(new Incarnation(in.getLong(16), in.getLong(24)))) {
      throw unreadable(file, "it is of another directory");
    }
    Map<Incarnation, StartPair> peers = new LinkedHashMap<>();
    in.position(FIXED_BYTES);
    for (int i = 0; i < count; i++) {
      Incarnation of = new Incarnation(in.getLong(), in.getLong());
      StartPair pair = new StartPair(in.getLong(), in.getLong());
      if (!Numbers.isSane(pair.counter()) || peers.put(of, pair) != null) {
        throw unreadable(file, "it names " + of + " with " + pair + ", twice or wrongly");
      }
    }
    return peers;
  }

  private static StorageException unreadable(Path file, String why) {
    return new StorageException(
        file
            + ": "
            + why
            + "; without it an old copy of another member would count again, so the node does not"
            + " start. "
            + StorageException.COPIES);
  }
}
