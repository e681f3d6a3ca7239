package io.bowline.raft.storage;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * {@code DIR/identity} (STORAGE F0): who the directory belongs to. Replaced as a whole by temp
 * file, force, rename and force of the directory (F7). A bootstrap writes it under another name
 * first and gives it its own last, so that a directory has an identity when all else is there.
 */
final class IdentityFile {
  static final String NAME = "identity";
  static final String NEXT = "identity.tmp";
  static final String UNFINISHED = "identity.bootstrap";

  private static final long MAGIC = 0x3154444947574f42L; // "BOWGIDT1"
  private static final int VERSION = 1;
  private static final int FIXED_BYTES = 48 + 3 * IdField.BYTES;
  private static final int MAX_BYTES = 1 << 20;

  private IdentityFile() {}

  static byte[] encode(Identity identity) {
    byte[] initial = identity.initial().encode();
    int size = FIXED_BYTES + 16 * identity.before().size() + initial.length + 4;
    byte[] bytes = new byte[size];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(VERSION).putInt(size).putLong(identity.startCounter());
    out.putLong(identity.incarnation().high()).putLong(identity.incarnation().low());
    out.putInt(identity.before().size()).putInt(initial.length);
    IdField.put(out, 48, identity.cluster().value());
    IdField.put(out, 48 + IdField.BYTES, identity.group().value());
    IdField.put(out, 48 + 2 * IdField.BYTES, identity.node().value());
    out.position(FIXED_BYTES);
    for (Incarnation earlier : identity.before()) {
      out.putLong(earlier.high()).putLong(earlier.low());
    }
    out.put(initial);
    out.putInt(Checksum.of(out, 0, size - 4, new CRC32C()));
    return bytes;
  }

  /** Reads it; one that cannot be read refuses to start (F0): who votes must know who it is. */
  static Identity read(Disk disk, Path file) throws IOException {
    byte[] bytes = WholeFile.read(disk, file, MAX_BYTES);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < FIXED_BYTES + 4 || in.getLong(0) != MAGIC) {
      throw unreadable(file, "it does not begin with the magic number of an identity");
    }
    if (in.getInt(8) != VERSION) {
      throw unreadable(file, "format version " + in.getInt(8) + " needs a newer version");
    }
    int size = in.getInt(12);
    if (size < FIXED_BYTES + 4
        || size > bytes.length
        || in.getInt(size - 4) != Checksum.of(in, 0, size - 4, new CRC32C())) {
      throw unreadable(file, "it does not agree with its checksum");
    }
    try {
      return decode(in, size);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw unreadable(file, String.valueOf(e.getMessage()));
    }
  }

  private static Identity decode(ByteBuffer in, int size) {
    int earlier = in.getInt(40);
    List<Incarnation> before = new ArrayList<>();
    for (int i = 0; i < earlier; i++) {
      int at = FIXED_BYTES + 16 * i;
      before.add(new Incarnation(in.getLong(at), in.getLong(at + 8)));
    }
    int initialAt = FIXED_BYTES + 16 * earlier;
    if (initialAt + in.getInt(44) + 4 != size) {
      throw new IllegalArgumentException("its lengths do not agree with its size");
    }
    return new Identity(
        ClusterId.of(IdField.get(in, 48)),
        GroupId.of(IdField.get(in, 48 + IdField.BYTES)),
        NodeId.of(IdField.get(in, 48 + 2 * IdField.BYTES)),
        new Incarnation(in.getLong(24), in.getLong(32)),
        List.copyOf(before),
        Membership.decode(in.slice(initialAt, in.getInt(44))),
        in.getLong(16));
  }

  private static StorageException unreadable(Path file, String why) {
    return new StorageException(
        file
            + ": "
            + why
            + "; without its identity a node must not vote, so it does not start. "
            + StorageException.WAYS_OUT);
  }

  /** Refuses a directory of somebody else. */
  static void requireOwner(
      String where, Identity identity, ClusterId cluster, GroupId group, NodeId node)
      throws StorageException {
    requireSame(where, "cluster", identity.cluster().value(), cluster.value());
    requireSame(where, "group", identity.group().value(), group.value());
    requireSame(where, "node", identity.node().value(), node.value());
  }

  static void requireSame(String where, String what, String found, String wanted)
      throws StorageException {
    if (!found.equals(wanted)) {
      throw new StorageException(
          where
              + " belongs to "
              + what
              + " '"
              + found
              + "', not to '"
              + wanted
              + "': give each node, group and cluster a directory of its own");
    }
  }
}
