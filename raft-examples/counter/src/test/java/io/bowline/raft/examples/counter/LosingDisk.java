package io.bowline.raft.examples.counter;

import io.bowline.raft.examples.lab.LocalCluster;
import io.bowline.raft.storage.Completion;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.DiskFile;
import io.bowline.raft.storage.ForwardingDiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A disk whose page cache is this process's heap: what was not synced dies with the process, so a
 * kill -9 does what a power cut does. A write reaches the real file at its force; a name that was
 * created, renamed or deleted becomes so when its directory is synced.
 */
final class LosingDisk implements Disk {
  /** A change of a directory that is not durable yet: {@code from} is null for a new file. */
  private record Change(@Nullable Path from, @Nullable Path to, @Nullable Path attic) {}

  private final Disk disk;
  private final Path attic;
  private final Map<Path, CachedFile> cached = new HashMap<>(); // guarded by this, as all below
  private final Set<Path> gone = new HashSet<>();
  private final List<Change> changes = new ArrayList<>();
  private int created;

  /** The attic holds files whose names are not durable yet; what an earlier process left goes. */
  LosingDisk(Disk disk, Path attic) throws IOException {
    this.disk = disk;
    this.attic = attic;
    LocalCluster.wipe(attic);
    disk.createDirectories(attic);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    disk.createDirectories(directory);
  }

  @Override
  public synchronized List<String> list(Path directory) throws IOException {
    Set<String> names = new TreeSet<>(disk.list(directory));
    gone.stream().filter(path -> isIn(path, directory)).forEach(path -> names.remove(name(path)));
    cached.keySet().stream()
        .filter(path -> isIn(path, directory))
        .forEach(path -> names.add(name(path)));
    return List.copyOf(names);
  }

  @Override
  public synchronized boolean exists(Path file) throws IOException {
    return cached.containsKey(file) || (!gone.contains(file) && disk.exists(file));
  }

  @Override
  public synchronized DiskFile open(Path file) throws IOException {
    CachedFile known = cached.get(file);
    if (known != null) {
      return known;
    }
    if (gone.contains(file)) {
      throw new NoSuchFileException(file.toString());
    }
    CachedFile opened = new CachedFile(disk.open(file));
    cached.put(file, opened);
    return opened;
  }

  @Override
  public synchronized DiskFile create(Path file) throws IOException {
    if (exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    Path nameless = attic.resolve(Integer.toString(created++));
    CachedFile made = new CachedFile(disk.create(nameless));
    cached.put(file, made);
    gone.remove(file);
    changes.add(new Change(null, file, nameless));
    return made;
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    if (!Objects.equals(from.getParent(), to.getParent())) {
      throw new IOException("a rename across directories is not modelled: " + from + " " + to);
    }
    open(from);
    cached.put(to, Objects.requireNonNull(cached.remove(from)));
    gone.add(from);
    gone.remove(to);
    changes.add(new Change(from, to, null));
  }

  @Override
  public synchronized void delete(Path file) throws IOException {
    if (!exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    cached.remove(file);
    gone.add(file);
    changes.add(new Change(file, null, null));
  }

  @Override
  public synchronized void syncDirectory(Path directory) throws IOException {
    List<Change> due = changes.stream().filter(change -> concerns(change, directory)).toList();
    for (Change change : due) { // in order: a kill in between leaves what a disk could have left
      if (change.attic() != null && change.to() != null) {
        disk.rename(change.attic(), change.to());
      } else if (change.from() != null && change.to() != null) {
        disk.rename(change.from(), change.to());
      } else if (change.from() != null) {
        disk.delete(change.from());
      }
    }
    changes.removeAll(due);
    disk.syncDirectory(directory);
  }

  @Override
  public Closeable lock(Path file, String holder) throws IOException {
    return disk.lock(file, holder);
  }

  private static boolean concerns(Change change, Path directory) {
    Path path = change.to() != null ? change.to() : change.from();
    return path != null && isIn(path, directory);
  }

  private static boolean isIn(Path path, Path directory) {
    return directory.equals(path.getParent());
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  /** A file and what was written to it since its last force. Closing it forgets nothing. */
  private static final class CachedFile extends ForwardingDiskFile {
    /** Bytes that the real file has not got. */
    private record Write(long position, ByteBuffer bytes) {
      long end() {
        return position + bytes.capacity();
      }
    }

    private final DiskFile real;
    private final List<Write> unsynced = new ArrayList<>(); // guarded by this

    CachedFile(DiskFile real) {
      super(real);
      this.real = real;
    }

    @Override
    public synchronized long size() throws IOException {
      long size = real.size();
      for (Write write : unsynced) {
        size = Math.max(size, write.end());
      }
      return size;
    }

    @Override
    public synchronized int read(ByteBuffer target, long position) throws IOException {
      int start = target.position();
      int length = (int) Math.max(0, Math.min(target.remaining(), size() - position));
      int fromDisk = Math.max(0, real.read(target, position));
      for (int i = start + fromDisk; i < start + length; i++) {
        target.put(i, (byte) 0); // a hole between the file's end and what is cached behind it
      }
      for (Write write : unsynced) {
        long from = Math.max(position, write.position());
        long to = Math.min(position + length, write.end());
        if (from < to) {
          target.put(
              start + (int) (from - position),
              write.bytes(),
              (int) (from - write.position()),
              (int) (to - from));
        }
      }
      target.position(start + length);
      return length;
    }

    @Override
    public synchronized void write(ByteBuffer source, long position) {
      ByteBuffer copy = ByteBuffer.allocate(source.remaining());
      copy.put(source).flip();
      unsynced.add(new Write(position, copy));
    }

    @Override
    public void force() throws IOException {
      writeBack();
      real.force();
    }

    @Override
    public void force(Completion done) {
      try {
        writeBack();
      } catch (IOException e) {
        done.completed(e);
        return;
      }
      real.force(done);
    }

    @Override
    public void close() {
      // the page cache outlives a file's handles
    }

    private synchronized void writeBack() throws IOException {
      for (Write write : unsynced) {
        real.write(write.bytes().duplicate(), write.position());
      }
      unsynced.clear();
    }
  }
}
