package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.DiskFile;
import io.bowline.raft.storage.ForwardingDiskFile;
import io.bowline.raft.testkit.SimulatedDisk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A simulated disk as one process sees it, which a {@link Strike} meets at one exact change, so
 * that a test can try each in turn. Safe from any thread: a storage may prepare files on its own.
 */
final class StruckDisk implements Disk {
  private static final int SECTOR = 512;

  private final SimulatedDisk disk;
  private final Disk process;
  private Strike strike = Strike.NEVER;
  private int left;
  private boolean struck;
  private boolean dead;

  StruckDisk(SimulatedDisk disk) {
    this.disk = disk;
    this.process = disk.process();
  }

  /** Counts from now on. */
  void arm(Strike next) {
    synchronized (disk) {
      strike = next;
      left = next.at();
      struck = false;
    }
  }

  /** Whether the strike that it was armed with has come. */
  boolean isStruck() {
    synchronized (disk) {
      return struck;
    }
  }

  boolean isDead() {
    synchronized (disk) {
      return dead;
    }
  }

  void die() {
    synchronized (disk) {
      dead = true;
    }
  }

  private void requireAlive() {
    if (dead) {
      throw new Killed();
    }
  }

  /** Something that is asked of the disk. */
  @FunctionalInterface
  private interface Call<T> {
    T run() throws IOException;
  }

  private <T> T look(Call<T> call) throws IOException {
    synchronized (disk) {
      requireAlive();
      return call.run();
    }
  }

  private <T> T change(Call<T> call) throws IOException {
    synchronized (disk) {
      requireAlive();
      killIfDue();
      return call.run();
    }
  }

  private void killIfDue() {
    if (isDue(Strike.Kind.KILLS)) {
      throw kill();
    }
  }

  private boolean isDue(Strike.Kind kind) {
    if (struck || strike.kind() != kind || --left != 0) {
      return false;
    }
    struck = true;
    return true;
  }

  private Killed kill() {
    dead = true;
    return new Killed();
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    change(
        () -> {
          process.createDirectories(directory);
          return true;
        });
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    return look(() -> process.list(directory));
  }

  @Override
  public boolean exists(Path file) throws IOException {
    return look(() -> process.exists(file));
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return look(() -> new StruckFile(process.open(file)));
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return change(() -> new StruckFile(process.create(file)));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    change(
        () -> {
          process.rename(from, to);
          return true;
        });
  }

  @Override
  public void delete(Path file) throws IOException {
    change(
        () -> {
          process.delete(file);
          return true;
        });
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    change(
        () -> {
          process.syncDirectory(directory);
          return true;
        });
  }

  @Override
  public Closeable lock(Path file, String holder) throws IOException {
    Closeable lock = change(() -> process.lock(file, holder));
    return () -> close(lock);
  }

  private void close(Closeable open) throws IOException {
    look(
        () -> {
          open.close();
          return true;
        });
  }

  private final class StruckFile extends ForwardingDiskFile {
    private final DiskFile file;

    StruckFile(DiskFile file) {
      super(file);
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      return look(file::size);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return look(() -> file.read(target, position));
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      change(
          () -> {
            if (isDue(Strike.Kind.TEARS)) {
              ByteBuffer some = source.slice().limit(half(source, position));
              if (some.hasRemaining()) {
                file.write(some, position);
              }
              throw kill();
            }
            if (isDue(Strike.Kind.FAILS)) {
              disk.failWrites(1);
            }
            file.write(source, position);
            return true;
          });
    }

    /** An aligned sector is written whole or not at all. */
    private int half(ByteBuffer source, long position) {
      int sectors = (source.remaining() + SECTOR - 1) / SECTOR;
      int end = sectors / 2 * SECTOR;
      int bytes = end - (int) (position % SECTOR);
      return Math.max(0, Math.min(bytes, source.remaining()));
    }

    @Override
    public void force() throws IOException {
      change(
          () -> {
            if (isDue(Strike.Kind.FAILS)) {
              disk.failForces(1);
            }
            file.force();
            return true;
          });
    }

    @Override
    public void force(Completion done) {
      synchronized (disk) {
        requireAlive();
        killIfDue();
        if (isDue(Strike.Kind.FAILS)) {
          disk.failForces(1);
        }
        file.force(done);
      }
    }

    @Override
    public void close() throws IOException {
      StruckDisk.this.close(file);
    }
  }
}
