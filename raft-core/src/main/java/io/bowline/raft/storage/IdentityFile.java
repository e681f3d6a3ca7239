package io.bowline.raft.storage;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * {@code DIR/identity} (STORAGE F0): who the directory belongs to. Replaced as a whole by temp
 * file, force, rename and force of the directory (F7). A bootstrap writes it under another name
 * first and gives it its own last, so that a directory has an identity when all else is there.
 */
final class IdentityFile {
  static final String NAME = "identity";
  static final String NEXT = "identity.tmp";
  static final String UNFINISHED = "identity.bootstrap";
  static final int MAX_BYTES = 1 << 20;

  private static final long MAGIC = 0x3154444947574f42L; // "BOWGIDT1"
  private static final int VERSION = 2;
  private static final int IDS = 64;
  private static final int FIXED_BYTES = IDS + 3 * IdField.BYTES;

  private IdentityFile() {}

  static byte[] encode(Identity identity) {
    byte[] list = identity.list().encode();
    Membership founding = identity.founding().record();
    byte[] record = founding == null ? new byte[0] : founding.encode();
    String why = identity.fence();
    byte[] fence = why == null ? new byte[0] : why.getBytes(StandardCharsets.UTF_8);
    List<Long> nonces = identity.starts().nonces();
    int parts = 16 * identity.before().size() + 8 * nonces.size();
    int size = FIXED_BYTES + parts + list.length + record.length + fence.length + 4;
    byte[] bytes = new byte[size];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(VERSION).putInt(size).putLong(identity.startCounter());
    out.putLong(identity.incarnation().high()).putLong(identity.incarnation().low());
    out.putInt(identity.before().size()).putInt(nonces.size());
    out.putInt(list.length).putInt(code(identity.founding().state()));
    out.putInt(record.length).putInt(fence.length);
    IdField.put(out, IDS, identity.cluster().value());
    IdField.put(out, IDS + IdField.BYTES, identity.group().value());
    IdField.put(out, IDS + 2 * IdField.BYTES, identity.node().value());
    out.position(FIXED_BYTES);
    for (Incarnation earlier : identity.before()) {
      out.putLong(earlier.high()).putLong(earlier.low());
    }
    nonces.forEach(out::putLong);
    out.put(list).put(record).put(fence);
    out.putInt(Checksum.of(out, 0, size - 4, new CRC32C()));
    return bytes;
  }

  /** Reads it; one that cannot be read refuses to start (F0): who votes must know who it is. */
  static Identity read(Disk disk, Path file) throws IOException {
    return decode(file, WholeFile.read(disk, file, MAX_BYTES));
  }

  /** What stands in these bytes of that file; no other exception leaves it. */
  static Identity decode(Path file, byte[] bytes) throws StorageException {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < FIXED_BYTES + 4 || in.getLong(0) != MAGIC) {
      throw unreadable(file, "it does not begin with the magic number of an identity", null);
    }
    if (in.getInt(8) != VERSION) {
      throw unreadable(file, "its format version " + in.getInt(8) + " is not known here", null);
    }
    int size = in.getInt(12);
    if (size < FIXED_BYTES + 4
        || size > bytes.length
        || in.getInt(size - 4) != Checksum.of(in, 0, size - 4, new CRC32C())) {
      throw unreadable(file, "it does not agree with its checksum", null);
    }
    try {
      return decode(in, size);
    } catch (RuntimeException e) {
      throw unreadable(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static Identity decode(ByteBuffer in, int size) {
    int earlier = in.getInt(40);
    int nonces = in.getInt(44);
    int[] lengths = {in.getInt(48), in.getInt(56), in.getInt(60)};
    if (earlier < 0 || nonces < 0 || Arrays.stream(lengths).anyMatch(length -> length < 0)) {
      throw new IllegalArgumentException("a length in it is negative");
    }
    long parts =
        FIXED_BYTES + 16L * earlier + 8L * nonces + Arrays.stream(lengths).asLongStream().sum();
    if (parts + 4 != size) {
      throw new IllegalArgumentException("its lengths do not agree with its size");
    }
    in.position(FIXED_BYTES);
    List<Incarnation> before = new ArrayList<>();
    for (int i = 0; i < earlier; i++) {
      before.add(new Incarnation(in.getLong(), in.getLong()));
    }
    List<Long> kept = new ArrayList<>();
    for (int i = 0; i < nonces; i++) {
      kept.add(in.getLong());
    }
    Membership list = Membership.decode(part(in, lengths[0]));
    ByteBuffer record = part(in, lengths[1]);
    byte[] fence = new byte[lengths[2]];
    in.get(fence);
    return new Identity(
        ClusterId.of(IdField.get(in, IDS)),
        GroupId.of(IdField.get(in, IDS + IdField.BYTES)),
        NodeId.of(IdField.get(in, IDS + 2 * IdField.BYTES)),
        new Incarnation(in.getLong(24), in.getLong(32)),
        before,
        list,
        new Founding(
            state(in.getInt(52)), record.hasRemaining() ? Membership.decode(record) : null),
        new Starts(in.getLong(16), kept),
        fence.length == 0 ? null : new String(fence, StandardCharsets.UTF_8));
  }

  private static ByteBuffer part(ByteBuffer in, int length) {
    ByteBuffer found = in.slice(in.position(), length);
    in.position(in.position() + length);
    return found;
  }

  private static Founding.State state(int code) {
    return switch (code) {
      case 0 -> Founding.State.FRESH;
      case 1 -> Founding.State.WRITTEN;
      case 2 -> Founding.State.COMPLETE;
      default ->
          throw new IllegalArgumentException(
              "its founding is in a state " + code + ", which is none");
    };
  }

  private static int code(Founding.State state) {
    return switch (state) {
      case FRESH -> 0;
      case WRITTEN -> 1;
      case COMPLETE -> 2;
    };
  }

  private static StorageException unreadable(Path file, String why, @Nullable Exception cause) {
    String text =
        file
            + ": "
            + why
            + "; without its identity a node must not vote, so it does not start. "
            + StorageException.WAYS_OUT;
    return cause == null ? new StorageException(text) : new StorageException(text, cause);
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

  /** Refuses a directory that was told that it is a copy (identity 12). */
  static void requireNotFenced(String where, Identity identity) throws StorageException {
    if (identity.fenced()) {
      throw new StorageException(
          where + " is fenced: " + identity.fence() + ". " + StorageException.COPIES);
    }
  }
}
