package io.bowline.raft.storage;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * STORAGE's disk in memory: each file has what is on disk and what the page cache shows; a write
 * goes to the cache, a force carries the file's dirty sectors of 512 bytes to the disk; names have
 * a cache of their own. Every operation that changes something is counted, and a power cut can be
 * set to strike before the n-th.
 */
final class CrashDisk implements Disk {
  static final int SECTOR = 512;

  /** The power is cut: no code of the node runs any more. */
  static final class PowerCut extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** What was not synced: a sector of a file, or a change of names. */
  record Unsynced(int inode, int sector, int change) {}

  private static final class Inode {
    private final int id;
    private byte[] cache = new byte[0];
    private byte[] disk = new byte[0];
    private final BitSet dirty = new BitSet();

    Inode(int id) {
      this.id = id;
    }

    Inode copy() {
      Inode copy = new Inode(id);
      copy.cache = cache.clone();
      copy.disk = disk.clone();
      copy.dirty.or(dirty);
      return copy;
    }

    boolean differs(int sector) {
      for (int i = sector * SECTOR; i < (sector + 1) * SECTOR; i++) {
        if (at(cache, i) != at(disk, i)) {
          return true;
        }
      }
      return false;
    }

    private static byte at(byte[] bytes, int i) {
      return i < bytes.length ? bytes[i] : 0;
    }

    void carry(int sector) {
      int from = sector * SECTOR;
      int to = Math.min(from + SECTOR, cache.length);
      if (to > from) {
        if (disk.length < to) {
          disk = Arrays.copyOf(disk, to);
        }
        System.arraycopy(cache, from, disk, from, to - from);
      }
    }
  }

  /** One change of names; a rename is one. A null inode is a name that goes. */
  private record Change(Path directory, Map<Path, @Nullable Inode> names) {}

  private final Set<Path> directories = new HashSet<>();
  private final Map<Path, Inode> cached = new TreeMap<>();
  private final Map<Path, Inode> durable = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();
  private final Map<Path, String> locks = new TreeMap<>();
  private int operations;
  private int cutAt = Integer.MAX_VALUE;
  private int failForceIn = Integer.MAX_VALUE;
  private long capacity = Long.MAX_VALUE;
  private int reads;
  private int inodes;
  private int writeUnit = 1;
  private long written;

  // ---- what a test does to it

  /** How many changing operations there were. */
  int operations() {
    return operations;
  }

  /** The power is cut before the operation of that number (from 0). */
  void cutBefore(int operation) {
    cutAt = operation;
  }

  /** That force from now on (1 is the next) fails: cache new, disk old, pages clean. */
  void failForce(int which) {
    failForceIn = which;
  }

  /** All files together may grow no further than that. */
  void limitTo(long bytes) {
    capacity = bytes;
  }

  /** Its files prefer writes of whole units of so many bytes. */
  CrashDisk inUnitsOf(int bytes) {
    writeUnit = bytes;
    return this;
  }

  /** Bytes that all files have. */
  long used() {
    return cached.values().stream().mapToLong(inode -> inode.cache.length).sum();
  }

  /** Bytes that were written, each as often as it was. */
  long written() {
    return written;
  }

  int reads() {
    return reads;
  }

  /** Everything that a power cut now may take or leave. */
  List<Unsynced> unsynced() {
    List<Unsynced> all = new ArrayList<>();
    for (Inode inode : inodes()) {
      inode.dirty.stream()
          .filter(inode::differs)
          .forEach(sector -> all.add(new Unsynced(inode.id, sector, -1)));
    }
    for (int i = 0; i < changes.size(); i++) {
      all.add(new Unsynced(-1, -1, i));
    }
    return all;
  }

  private Collection<Inode> inodes() {
    Map<Integer, Inode> byId = new TreeMap<>();
    durable.values().forEach(inode -> byId.put(inode.id, inode));
    for (Change change : changes) {
      for (Inode inode : change.names().values()) {
        if (inode != null) {
          byId.put(inode.id, inode);
        }
      }
    }
    return byId.values();
  }

  /** The disk after a power cut of which those unsynced ones survive. */
  CrashDisk afterPowerCut(Set<Unsynced> surviving) {
    CrashDisk copy = copy();
    for (Inode inode : copy.inodes()) {
      for (Unsynced item : surviving) {
        if (item.inode() == inode.id) {
          inode.carry(item.sector());
        }
      }
    }
    for (int i = 0; i < copy.changes.size(); i++) {
      if (surviving.contains(new Unsynced(-1, -1, i))) {
        copy.apply(copy.changes.get(i), copy.durable);
      }
    }
    return copy.forgetCache();
  }

  /** The disk after a power cut that everything unsynced survives, or nothing does. */
  CrashDisk afterPowerCut(boolean survives) {
    return afterPowerCut(survives ? new HashSet<>(unsynced()) : Set.of());
  }

  private CrashDisk forgetCache() {
    changes.clear();
    cached.clear();
    cached.putAll(durable);
    for (Inode inode : cached.values()) {
      inode.cache = inode.disk.clone();
      inode.dirty.clear();
    }
    return restarted();
  }

  /** The process died: the page cache stays. */
  CrashDisk afterProcessCrash() {
    return copy().restarted();
  }

  private CrashDisk restarted() {
    locks.clear();
    cutAt = Integer.MAX_VALUE;
    failForceIn = Integer.MAX_VALUE;
    operations = 0;
    return this;
  }

  CrashDisk copy() {
    CrashDisk copy = new CrashDisk();
    Map<Integer, Inode> copies = new TreeMap<>();
    copy.directories.addAll(directories);
    cached.forEach((path, inode) -> copy.cached.put(path, copied(copies, inode)));
    durable.forEach((path, inode) -> copy.durable.put(path, copied(copies, inode)));
    for (Change change : changes) {
      Map<Path, @Nullable Inode> names = new TreeMap<>();
      change
          .names()
          .forEach((path, inode) -> names.put(path, inode == null ? null : copied(copies, inode)));
      copy.changes.add(new Change(change.directory(), names));
    }
    copy.locks.putAll(locks);
    copy.operations = operations;
    copy.capacity = capacity;
    copy.inodes = inodes;
    copy.writeUnit = writeUnit;
    return copy;
  }

  private static Inode copied(Map<Integer, Inode> copies, Inode inode) {
    return copies.computeIfAbsent(inode.id, id -> inode.copy());
  }

  /** The bytes that the page cache shows. */
  byte[] content(Path file) {
    Inode inode = cached.get(file);
    if (inode == null) {
      throw new AssertionError("no " + file + " in " + cached.keySet());
    }
    return inode.cache;
  }

  /** Spoils a file at rest, in cache and on disk. */
  void spoil(Path file, byte[] content) {
    Inode inode = new Inode(++inodes);
    inode.cache = content.clone();
    inode.disk = content.clone();
    cached.put(file, inode);
    durable.put(file, inode);
  }

  /** Removes a file at rest. */
  void lose(Path file) {
    cached.remove(file);
    durable.remove(file);
  }

  Set<Path> files() {
    return cached.keySet();
  }

  // ---- what the storage does with it

  private void change() {
    if (operations >= cutAt) {
      throw new PowerCut();
    }
    operations++;
  }

  private void name(Path directory, Map<Path, @Nullable Inode> names) {
    Change change = new Change(directory, names);
    apply(change, cached);
    changes.add(change);
  }

  private void apply(Change change, Map<Path, Inode> to) {
    change
        .names()
        .forEach(
            (path, inode) -> {
              if (inode == null) {
                to.remove(path);
              } else {
                to.put(path, inode);
              }
            });
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new AssertionError(file + " has no parent");
    }
    return parent;
  }

  private Inode inode(Path file) throws IOException {
    Inode inode = cached.get(file);
    if (inode == null) {
      throw new FileNotFoundException(file.toString());
    }
    return inode;
  }

  @Override
  public void createDirectories(Path directory) {
    for (Path path = directory; path != null; path = path.getParent()) {
      directories.add(path);
    }
  }

  @Override
  public List<String> list(Path directory) {
    return cached.keySet().stream()
        .filter(path -> directory.equals(path.getParent()))
        .map(path -> String.valueOf(path.getFileName()))
        .toList();
  }

  @Override
  public boolean exists(Path file) {
    return cached.containsKey(file) || directories.contains(file);
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return new OpenFile(inode(file));
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    change();
    if (cached.containsKey(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    Inode inode = new Inode(++inodes);
    name(parent(file), Map.of(file, inode));
    return new OpenFile(inode);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    change();
    Map<Path, @Nullable Inode> names = new TreeMap<>();
    names.put(to, inode(from));
    names.put(from, null);
    name(parent(to), names);
  }

  @Override
  public void delete(Path file) throws IOException {
    change();
    inode(file);
    Map<Path, @Nullable Inode> names = new TreeMap<>();
    names.put(file, null);
    name(parent(file), names);
  }

  @Override
  public void syncDirectory(Path directory) {
    change();
    for (Change change : changes) {
      if (change.directory().equals(directory)) {
        apply(change, durable);
      }
    }
    changes.removeIf(change -> change.directory().equals(directory));
  }

  @Override
  public Closeable lock(Path file, String holder) throws IOException {
    String other = locks.putIfAbsent(file, holder);
    if (other != null) {
      throw new IOException(file + " is held by " + other);
    }
    return () -> locks.remove(file);
  }

  private final class OpenFile implements DiskFile {
    private final Inode inode;

    OpenFile(Inode inode) {
      this.inode = inode;
    }

    @Override
    public int writeUnit() {
      return writeUnit;
    }

    @Override
    public long roomToGrow() {
      return writeUnit == 1 ? -1 : capacity - used();
    }

    @Override
    public long size() {
      return inode.cache.length;
    }

    @Override
    public int read(ByteBuffer target, long position) {
      reads++;
      int length = (int) Math.min(target.remaining(), inode.cache.length - position);
      if (length <= 0) {
        return 0;
      }
      target.put(inode.cache, (int) position, length);
      return length;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      change();
      int from = (int) position;
      int to = from + source.remaining();
      written += to - from;
      int growth = Math.max(0, to - inode.cache.length);
      if (used() + growth > capacity) {
        throw new IOException("No space left on device");
      }
      if (growth > 0) {
        inode.cache = Arrays.copyOf(inode.cache, to);
      }
      source.get(inode.cache, from, to - from);
      inode.dirty.set(from / SECTOR, (to + SECTOR - 1) / SECTOR);
    }

    @Override
    public void force() throws IOException {
      change();
      if (--failForceIn == 0) {
        inode.dirty.clear();
        throw new IOException("Input/output error");
      }
      if (inode.disk.length < inode.cache.length) {
        inode.disk = Arrays.copyOf(inode.disk, inode.cache.length);
      }
      inode.dirty.stream().forEach(inode::carry);
      inode.dirty.clear();
    }

    @Override
    public void force(Completion done) {
      done.after(this::force);
    }

    @Override
    public void close() {}
  }
}
