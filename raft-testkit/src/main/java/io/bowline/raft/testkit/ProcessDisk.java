package io.bowline.raft.testkit;

import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SimulatedDisk} as one process sees it. When the process dies, in the middle of a call if
 * the nemesis {@linkplain #arm armed} it so, each later call unwinds its caller.
 */
final class ProcessDisk implements Disk {
  private final SimulatedDisk disk;
  private boolean dead;
  private int openFiles;
  private int changesLeft;
  private @Nullable Runnable death;

  ProcessDisk(SimulatedDisk disk) {
    this.disk = disk;
  }

  /** Ends it: the process crashed. */
  void die() {
    dead = true;
  }

  /**
   * Kills the process around its {@code changes}-th change to the disk from now on, before or
   * behind it or, if it is a write, within.
   *
   * @param onDeath ends the process before its stack is unwound
   */
  void arm(int changes, Runnable onDeath) {
    changesLeft = changes;
    death = onDeath;
  }

  /** It lives on. */
  void disarm() {
    death = null;
  }

  /** How many files the process has open. */
  int openFiles() {
    return openFiles;
  }

  private void requireAlive() {
    if (dead) {
      throw new ProcessDied();
    }
  }

  /** Something that changes the disk, and so a point at which the nemesis may strike. */
  @FunctionalInterface
  private interface Change {
    void run() throws IOException;
  }

  private void change(Change change) throws IOException {
    requireAlive();
    if (!strikesNow()) {
      change.run();
      return;
    }
    if (disk.random().nextBoolean()) {
      change.run();
    }
    throw kill();
  }

  private boolean strikesNow() {
    return death != null && --changesLeft == 0;
  }

  private ProcessDied kill() {
    Runnable onDeath = death;
    death = null;
    if (onDeath != null) {
      onDeath.run();
    }
    dead = true;
    return new ProcessDied();
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    change(() -> disk.createDirectories(directory));
  }

  @Override
  public List<String> list(Path directory) {
    requireAlive();
    return disk.list(directory);
  }

  @Override
  public boolean exists(Path file) {
    requireAlive();
    return disk.exists(file);
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    requireAlive();
    SimulatedFile found = disk.file(file);
    disk.requireHandle();
    return new ProcessFile(found);
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    change(() -> disk.create(file));
    return open(file);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    change(() -> disk.rename(from, to));
  }

  @Override
  public void delete(Path file) throws IOException {
    change(() -> disk.delete(file));
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    change(() -> disk.syncDirectory(directory));
  }

  @Override
  public Closeable lock(Path file, String holder) throws IOException {
    change(() -> disk.lock(file, holder));
    return () -> {
      requireAlive();
      disk.unlock(file);
    };
  }

  private final class ProcessFile implements DiskFile {
    private final SimulatedFile file;
    private boolean closed;

    ProcessFile(SimulatedFile file) {
      this.file = file;
      openFiles++;
    }

    private void requireOpen() throws IOException {
      requireAlive();
      if (closed) {
        throw new IOException("the file is closed");
      }
    }

    @Override
    public int writeUnit() {
      return disk.writeUnit();
    }

    @Override
    public long roomToGrow() throws IOException {
      requireOpen();
      if (disk.writeUnit() == 1) {
        return -1;
      }
      return disk.isFull() ? 0 : Long.MAX_VALUE;
    }

    @Override
    public long size() throws IOException {
      requireOpen();
      return file.size();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      requireOpen();
      return file.read(target, position);
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      requireOpen();
      if (strikesNow()) {
        disk.writeTorn(file, source.slice().limit(someSectors(source, position)), position);
        throw kill();
      }
      disk.write(file, source, position);
    }

    /** A write cut short ends between sectors, as the assumption of STORAGE has it. */
    private int someSectors(ByteBuffer source, long position) {
      int sectors = source.remaining() / SimulatedFile.SECTOR + 1;
      int end = disk.random().nextInt(sectors + 1) * SimulatedFile.SECTOR;
      int some = end - (int) (position % SimulatedFile.SECTOR);
      return Math.max(0, Math.min(some, source.remaining()));
    }

    @Override
    public void force() throws IOException {
      requireOpen();
      boolean fails = disk.nextForceFails();
      change(() -> end(file.beginForce(), fails));
      if (fails) {
        throw new IOException("simulated: the force failed");
      }
    }

    @Override
    public void force(Completion done) {
      requireAlive();
      if (closed) {
        done.completed(new IOException("the file is closed"));
        return;
      }
      if (strikesNow()) {
        throw kill();
      }
      boolean fails = disk.nextForceFails();
      SimulatedFile.Force force = file.beginForce();
      disk.scheduler()
          .force(
              () -> end(force, fails),
              () -> done.completed(fails ? new IOException("simulated: the force failed") : null));
    }

    private void end(SimulatedFile.Force force, boolean fails) {
      if (fails) {
        force.fail();
      } else {
        force.succeed();
      }
    }

    @Override
    public void close() {
      requireAlive();
      openFiles -= closed ? 0 : 1;
      closed = true;
    }
  }
}
