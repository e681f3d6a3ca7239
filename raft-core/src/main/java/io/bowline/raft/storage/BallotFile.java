package io.bowline.raft.storage;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Incarnation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Term and vote in two alternating slots, each in two files (STORAGE F5). A promise waits for the
 * slot and then for its copy; the newest valid slot is never overwritten; a slot is lost only if
 * both of its copies are.
 */
final class BallotFile implements AutoCloseable {
  static final String NAME = "ballot";
  static final String COPY = "ballot.copy";

  private final DiskFile file;
  private final DiskFile copy;
  private BallotSlot newest;

  private BallotFile(DiskFile file, DiskFile copy, BallotSlot newest) {
    this.file = file;
    this.copy = copy;
    this.newest = newest;
  }

  /** Both slots as they were read, the files closed again; nothing was changed yet. */
  record Found(BallotSlot even, BallotSlot odd) {
    BallotSlot newest() {
      return even.sequence() > odd.sequence() ? even : odd;
    }
  }

  /** Makes both files with both slots written, so that none is ever legally empty. */
  static void create(Disk disk, Path directory, ClusterId cluster, Incarnation incarnation)
      throws IOException {
    BallotSlot even = new BallotSlot(0, cluster, incarnation, Ballot.NONE, Hints.NONE);
    BallotSlot odd = new BallotSlot(1, cluster, incarnation, Ballot.NONE, Hints.NONE);
    WholeFile.write(disk, directory.resolve(NAME), bytes(even, odd));
    WholeFile.write(disk, directory.resolve(COPY), bytes(even, odd));
  }

  private static byte[] bytes(BallotSlot even, BallotSlot odd) {
    return ByteBuffer.allocate(2 * BallotSlot.BLOCK_BYTES)
        .put(even.encode())
        .put(odd.encode())
        .array();
  }

  /**
   * Reads what is there.
   *
   * @throws StorageException if a slot is lost in both copies: it may have held the newest vote, so
   *     the node is fenced (D-d) and never starts from term 0 because a file is unreadable
   */
  static Found find(Disk disk, Path directory, Identity identity) throws IOException {
    Path name = directory.resolve(NAME);
    Path copyName = directory.resolve(COPY);
    BallotSlot[] found = new BallotSlot[2];
    for (int place = 0; place < found.length; place++) {
      BallotSlot slot =
          newer(read(disk, name, place, identity), read(disk, copyName, place, identity));
      if (slot == null) {
        throw fenced(name, place);
      }
      found[place] = slot;
    }
    return new Found(found[0], found[1]);
  }

  /**
   * Opens the files for writing, and claims them: they are never replaced and cannot be removed
   * unnoticed, so that who removes LOCK does not let a second process in. One that is missing is
   * made anew from the other (F7), which must be claimed first.
   */
  static BallotFile open(Disk disk, Path directory, Found found) throws IOException {
    Path name = directory.resolve(NAME);
    Path copyName = directory.resolve(COPY);
    DiskFile[] open = new DiskFile[2];
    boolean opened = false;
    try {
      boolean hasName = disk.exists(name);
      open[hasName ? 0 : 1] = claimed(disk, hasName ? name : copyName);
      open[hasName ? 1 : 0] = claimed(disk, present(disk, hasName ? copyName : name, found));
      opened = true;
      return new BallotFile(open[0], open[1], found.newest());
    } finally {
      for (int i = 0; !opened && i < open.length; i++) {
        if (open[i] != null) {
          open[i].close();
        }
      }
    }
  }

  private static DiskFile claimed(Disk disk, Path file) throws IOException {
    DiskFile open = disk.open(file);
    boolean claimed = false;
    try {
      open.claim();
      claimed = true;
      return open;
    } finally {
      if (!claimed) {
        open.close();
      }
    }
  }

  private static Path present(Disk disk, Path file, Found found) throws IOException {
    if (!disk.exists(file)) {
      Path temp = file.resolveSibling(file.getFileName() + ".tmp");
      WholeFile.write(disk, temp, bytes(found.even(), found.odd()));
      WholeFile.publish(disk, temp, file);
    }
    return file;
  }

  private static @Nullable BallotSlot read(Disk disk, Path name, int place, Identity identity)
      throws IOException {
    if (!disk.exists(name)) {
      return null;
    }
    ByteBuffer block = Checksum.buffer(BallotSlot.BLOCK_BYTES);
    try (DiskFile file = disk.open(name)) {
      file.read(block, (long) place * BallotSlot.BLOCK_BYTES);
    }
    block.flip();
    BallotSlot slot = BallotSlot.decode(name, block, place);
    if (slot != null
        && !(slot.cluster().equals(identity.cluster())
            && slot.incarnation().equals(identity.incarnation()))) {
      throw new StorageException(
          name
              + " is of cluster '"
              + slot.cluster()
              + "' and incarnation "
              + slot.incarnation()
              + ", the identity beside it of '"
              + identity.cluster()
              + "' and "
              + identity.incarnation()
              + ": files of two directories were mixed. "
              + StorageException.WAYS_OUT);
    }
    return slot;
  }

  private static @Nullable BallotSlot newer(@Nullable BallotSlot a, @Nullable BallotSlot b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.sequence() >= b.sequence() ? a : b;
  }

  private static StorageException fenced(Path name, int place) {
    return new StorageException(
        name
            + ": slot "
            + place
            + " at byte "
            + place * BallotSlot.BLOCK_BYTES
            + " is unreadable, and in "
            + COPY
            + " too: it may have held this node's newest vote, so the node is fenced and does not"
            + " start. "
            + StorageException.WAYS_OUT);
  }

  Ballot ballot() {
    return newest.ballot();
  }

  Hints hints() {
    return newest.hints();
  }

  /** Writes the older slot, forces it, then does the same to its copy. */
  void save(Ballot ballot, Hints hints, Completion done) {
    BallotSlot next = next(ballot, hints);
    ByteBuffer bytes = next.encode();
    write(
        file,
        bytes,
        next.place(),
        failure -> {
          if (failure != null) {
            done.completed(failure);
            return;
          }
          // F5: the copy is written only when the slot's force has returned
          write(
              copy,
              bytes.rewind(),
              next.place(),
              copyFailure -> {
                if (copyFailure == null) {
                  newest = next;
                }
                done.completed(copyFailure);
              });
        });
  }

  private static void write(DiskFile to, ByteBuffer bytes, int place, Completion done) {
    try {
      to.write(bytes, (long) place * BallotSlot.BLOCK_BYTES);
    } catch (IOException e) {
      done.completed(e);
      return;
    }
    to.force(done);
  }

  /** The same, and waits. */
  void saveNow(Ballot ballot, Hints hints) throws IOException {
    BallotSlot next = next(ballot, hints);
    ByteBuffer bytes = next.encode();
    for (DiskFile to : List.of(file, copy)) {
      to.write(bytes.rewind(), (long) next.place() * BallotSlot.BLOCK_BYTES);
      to.force();
    }
    newest = next;
  }

  private BallotSlot next(Ballot ballot, Hints hints) {
    return new BallotSlot(
        newest.sequence() + 1, newest.cluster(), newest.incarnation(), ballot, hints);
  }

  @Override
  public void close() throws IOException {
    try (file) {
      copy.close();
    }
  }
}
