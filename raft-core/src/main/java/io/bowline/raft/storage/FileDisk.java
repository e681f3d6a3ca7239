package io.bowline.raft.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The operating system's files, by positional I/O. What the log writes goes past the page cache if
 * the file system can do that, and through it otherwise, and so do long reads and what a scan
 * reads, by a thread of its own that is ahead; {@code force} is fdatasync in either case, blocks
 * the thread that called and completes on it. No mmap: its errors come as signals and its stalls as
 * page faults. An interrupt flag that is set does not harm it; an interrupt in the middle of a call
 * closes that channel, as the JDK has it: never interrupt a thread that writes.
 */
public final class FileDisk implements Disk {
  private static final int MAX_HOLDER_BYTES = 1024;

  /**
   * Who holds which lock in this process. POSIX locks belong to a process, and closing any
   * descriptor of the file drops them: a second taker must be refused before it opens the file.
   */
  private static final Map<Path, String> HELD = new ConcurrentHashMap<>();

  private final boolean mayPassCache;

  /** The files of this machine. */
  public FileDisk() {
    this(true);
  }

  private FileDisk(boolean mayPassCache) {
    this.mayPassCache = mayPassCache;
  }

  /** The same, with every write through the page cache. */
  public static FileDisk throughPageCache() {
    return new FileDisk(false);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    requireNoLink(directory); // those above it may be links: whoever named them chose so
    makeDirectories(directory.toAbsolutePath().normalize());
  }

  private void makeDirectories(Path absolute) throws IOException {
    Path parent = absolute.getParent();
    if (parent == null) {
      return;
    }
    if (!Files.isDirectory(absolute)) {
      makeDirectories(parent);
      try {
        Files.createDirectory(absolute, owned(absolute, "rwx------"));
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(absolute)) {
          throw e;
        }
      }
      syncDirectory(parent);
    } else if (Files.isReadable(parent)) {
      syncDirectory(parent); // who made it may have died before its name was durable
    }
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    requireNoLink(directory);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> names = Files.list(directory)) {
      return names.map(path -> String.valueOf(path.getFileName())).sorted().toList();
    }
  }

  @Override
  public boolean exists(Path file) throws IOException {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return opened(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public void scan(List<Path> files, ScanVisitor visitor) throws IOException {
    try (ScanAhead scan = new ScanAhead(files, mayPassCache)) {
      for (Path file : files) {
        visitor.visit(file, scan.next());
      }
    }
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return opened(
        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private DiskFile opened(Path file, OpenOption... options) throws IOException {
    return new OpenFile(file, channel(file, options), mayPassCache);
  }

  /** Follows no link, and makes what only its owner may read: the log is everybody's data. */
  static FileChannel channel(Path file, OpenOption... options) throws IOException {
    requireNoLink(file); // says it in words; the option holds it
    Set<OpenOption> all = new HashSet<>(List.of(options));
    all.add(LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(file, all, owned(file, "rw-------"));
  }

  private static void requireNoLink(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      throw new IOException(
          file + " is a symbolic link, and is not followed: put what it names in its place");
    }
  }

  private static FileAttribute<?>[] owned(Path file, String permissions) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.delete(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      return; // a directory cannot be opened there; NTFS journals its names by itself
    }
    boolean interrupted = InterruptFlag.takeAway();
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } finally {
      InterruptFlag.giveBack(interrupted);
    }
  }

  /** Whether this process holds that lock. */
  static boolean isHeldHere(Path lock) throws IOException {
    return HELD.containsKey(real(lock));
  }

  private static Path real(Path file) throws IOException {
    Path parent = file.toAbsolutePath().normalize().getParent();
    return parent == null ? file : parent.toRealPath().resolve(file.getFileName());
  }

  @Override
  public Closeable lock(Path file, String holder) throws IOException {
    Path real = real(file);
    ProcessHandle process = ProcessHandle.current();
    String text =
        holder
            + ", pid "
            + process.pid()
            + process.info().startInstant().map(start -> ", started " + start).orElse("");
    String other = HELD.putIfAbsent(real, text);
    if (other != null) {
      throw heldBy(real, other);
    }
    boolean taken = false;
    boolean interrupted = InterruptFlag.takeAway();
    try {
      Closeable lock = lockFile(real, text);
      taken = true;
      return lock;
    } finally {
      InterruptFlag.giveBack(interrupted);
      if (!taken) {
        HELD.remove(real);
      }
    }
  }

  private static Closeable lockFile(Path file, String text) throws IOException {
    FileChannel channel =
        channel(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean keep = false;
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw heldBy(file, holder(channel));
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)), 0);
      keep = true;
    } catch (OverlappingFileLockException e) {
      // Another class loader's copy of this class holds it. The channel stays open on purpose:
      // closing it would drop the lock of that other one.
      keep = true;
      throw heldBy(file, "another class loader of this process");
    } finally {
      if (!keep) {
        channel.close();
      }
    }
    return () -> {
      if (channel.isOpen()) {
        channel.close();
        HELD.remove(file);
      }
    };
  }

  private static String holder(FileChannel channel) throws IOException {
    byte[] text = new byte[MAX_HOLDER_BYTES];
    int length = channel.read(ByteBuffer.wrap(text), 0);
    return new String(text, 0, Math.max(length, 0), StandardCharsets.UTF_8).strip();
  }

  private static IOException heldBy(Path file, String holder) {
    return new IOException(file + " is held by " + (holder.isEmpty() ? "an unnamed one" : holder));
  }
}
