package io.bowline.raft.testkit;

import io.bowline.raft.storage.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One machine's disk, by the rules of TESTKIT 1.1. Files and directory entries each have a cache: a
 * process crash keeps it, a power cut keeps of what was not forced a random part. Processes come
 * and go; each sees the disk through a {@link #mount} of its own.
 */
public final class SimulatedDisk {
  /** When a force is through, and where its caller is told. */
  interface Scheduler {
    /** Runs {@code onDisk} when the force is through, then {@code onCaller} where it was called. */
    void force(Runnable onDisk, Runnable onCaller);
  }

  /** Hears of each write but of those that hold no content: zeros ahead of a log, and seals. */
  interface Watch {
    /** New content from there to there; so many bytes were written from there on. */
    void wrote(SimulatedFile file, long from, long to, long bytes);
  }

  /** A disk without delay. */
  static final Scheduler FORCE_AT_ONCE =
      (onDisk, onCaller) -> {
        onDisk.run();
        onCaller.run();
      };

  private final DiskCounts counts = new DiskCounts();
  private final Map<Path, SimulatedDirectory> directories = new TreeMap<>();
  private final Map<Path, String> locks = new TreeMap<>();
  private final Prng random;
  private final Scheduler scheduler;
  private int forcesToFail;
  private int writesToFail;
  private Watch watch = (file, from, to, bytes) -> {};
  private @Nullable Path watched;
  private long failures;
  private boolean full;
  private boolean lacksHandles;
  private boolean wholePages;
  private int writeUnit = 1;
  private long forces;

  /**
   * An empty disk on which a force is through when it returns: for tests of a storage without a
   * simulation. One thread at a time may use it.
   *
   * @param random what a power cut and a failed write leave
   */
  public static SimulatedDisk alone(Prng random) {
    return new SimulatedDisk(random, FORCE_AT_ONCE);
  }

  /** An empty disk. */
  SimulatedDisk(Prng random, Scheduler scheduler) {
    this.random = random;
    this.scheduler = scheduler;
  }

  DiskCounts counts() {
    return counts;
  }

  void watch(Path directory, Watch looksOn) {
    watched = directory;
    watch = looksOn;
  }

  /** Whether a power cut would leave this file under the name that it has now. */
  boolean isNamed(SimulatedFile file) {
    for (SimulatedDirectory directory : directories.values()) {
      if (directory.shows(file)) {
        return directory.isNamed(file);
      }
    }
    return false;
  }

  /** Makes the next forces fail, so many of them. */
  public void failForces(int next) {
    forcesToFail = next;
  }

  /** Makes the next writes fail, so many of them; some of their sectors may be written. */
  public void failWrites(int next) {
    writesToFail = next;
  }

  /** No file grows and none is made, until there is room again. */
  public void full(boolean isFull) {
    full = isFull;
  }

  boolean isFull() {
    return full;
  }

  /** No file is opened and none is made, until there are handles again. */
  void lacksHandles(boolean itDoes) {
    lacksHandles = itDoes;
  }

  /** How often it has refused anything: a node may halt or not start because of it. */
  long failures() {
    return failures;
  }

  /** Lets sectors survive a power cut by blocks of 4096 bytes only. */
  void keepWholePages(boolean whole) {
    wholePages = whole;
  }

  /**
   * Lets the files prefer writes of whole units, as those of a disk do that is written past the
   * page cache; see {@link io.bowline.raft.storage.DiskFile#writeUnit}.
   */
  public void writeUnit(int bytes) {
    writeUnit = bytes;
  }

  int writeUnit() {
    return writeUnit;
  }

  /** How many forces were asked for. */
  public long forces() {
    return forces;
  }

  /** The disk as one process sees it, which starts now. */
  ProcessDisk mount() {
    return new ProcessDisk(this);
  }

  /** The same for who lets processes die in a way of his own. */
  public Disk process() {
    return mount();
  }

  /** The process is gone, the machine is not: locks fall, the cache stays, unsynced as it was. */
  public void processCrash() {
    locks.clear();
    if (failures > 0 && random.nextBoolean()) {
      files().forEach(SimulatedFile::evict);
      counts.evicted++;
    }
  }

  /**
   * The machine lost its power: of what was not synced each sector and each directory entry
   * survives with that probability.
   */
  public void powerCut(double survival) {
    powerCut(survival, 0);
  }

  /**
   * The same; in each block of 4096 bytes that was being written any other sector is spoilt with
   * that probability: what the disk reads, changes and writes again as a whole.
   */
  void powerCut(double survival, double spoilt) {
    locks.clear();
    for (SimulatedFile file : files()) {
      file.powerCut(survival, wholePages, spoilt, random, counts);
    }
    for (SimulatedDirectory directory : directories.values()) {
      directory.powerCut(survival, random, counts);
    }
  }

  private Set<SimulatedFile> files() {
    Set<SimulatedFile> files = new LinkedHashSet<>(); // iterates in order of insertion
    for (SimulatedDirectory directory : directories.values()) {
      directory.addFilesTo(files);
    }
    return files;
  }

  /** Another disk that holds what a power cut would leave that takes all it may. */
  SimulatedDisk onDisk(Prng itsRandom) {
    SimulatedDisk copy = new SimulatedDisk(itsRandom, FORCE_AT_ONCE);
    directories.forEach((path, directory) -> copy.directories.put(path, directory.onDisk()));
    return copy;
  }

  /** Another disk that holds what a process sees now: a copy made while one runs. */
  SimulatedDisk asSeen(Prng itsRandom) {
    SimulatedDisk copy = new SimulatedDisk(itsRandom, FORCE_AT_ONCE);
    directories.forEach((path, directory) -> copy.directories.put(path, directory.asSeen()));
    return copy;
  }

  /** From now on it holds what the other one does; both share its files. */
  void replaceWith(SimulatedDisk other) {
    directories.clear();
    directories.putAll(other.directories);
    locks.clear();
  }

  /** A file of that directory, if it is there. */
  @Nullable SimulatedFile named(Path path) {
    return find(path);
  }

  // What a process can ask for; its ProcessDisk stands before each.

  void createDirectories(Path directory) {
    for (Path at = directory; at != null; at = at.getParent()) {
      directories.computeIfAbsent(at, path -> new SimulatedDirectory());
    }
  }

  List<String> list(Path directory) {
    SimulatedDirectory found = directories.get(directory);
    Set<String> names = new TreeSet<>();
    if (found != null) {
      names.addAll(found.names());
      for (Path other : directories.keySet()) {
        Path name = other.getFileName();
        if (name != null && directory.equals(other.getParent())) {
          names.add(name.toString());
        }
      }
    }
    return List.copyOf(names);
  }

  boolean exists(Path file) {
    return directories.containsKey(file) || find(file) != null;
  }

  SimulatedFile file(Path path) throws IOException {
    SimulatedFile file = find(path);
    if (file == null) {
      throw new NoSuchFileException(path.toString());
    }
    return file;
  }

  void requireHandle() throws IOException {
    if (lacksHandles) {
      counts.withoutHandle++;
      failures++;
      throw new IOException("simulated: too many open files");
    }
  }

  SimulatedFile create(Path path) throws IOException {
    requireHandle();
    if (exists(path)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    requireRoom(full);
    SimulatedFile file = new SimulatedFile();
    file.watched(watched == null || path.startsWith(watched));
    directoryOf(path).change(null, name(path), file);
    return file;
  }

  void rename(Path from, Path to) throws IOException {
    if (!directoryOf(from).equals(directoryOf(to))) {
      throw new IOException("from " + from + " to " + to + " leaves the directory");
    }
    directoryOf(to).change(name(from), name(to), file(from));
  }

  void delete(Path path) throws IOException {
    directoryOf(path).change(name(path), null, file(path));
  }

  void syncDirectory(Path path) throws IOException {
    SimulatedDirectory directory = directories.get(path);
    if (directory == null) {
      throw new NoSuchFileException(path.toString());
    }
    directory.sync();
  }

  void lock(Path file, String holder) throws IOException {
    String other = locks.putIfAbsent(file, holder);
    if (other != null) {
      throw new IOException(file + " is held by " + other);
    }
    if (find(file) == null) {
      directoryOf(file).change(null, name(file), new SimulatedFile());
    }
  }

  void unlock(Path file) {
    locks.remove(file);
  }

  Prng random() {
    return random;
  }

  void write(SimulatedFile file, ByteBuffer source, long position) throws IOException {
    requireRoom(full && position + source.remaining() > file.size());
    if (writesToFail > 0) {
      writesToFail--;
      failures++;
      int some = random.nextInt(source.remaining() / SimulatedFile.SECTOR + 1);
      file.write(source.slice().limit(some * SimulatedFile.SECTOR), position, random);
      throw new IOException("simulated: input/output error");
    }
    int known = file.sectorsAlike(source, position);
    ByteBuffer added = source.slice(source.position() + known, source.remaining() - known);
    boolean seals = SimulatedFile.isSeal(added);
    boolean tells = added.hasRemaining() && !seals && !SimulatedFile.isZero(added);
    counts.seals += seals ? 1 : 0;
    file.write(source, position, random);
    if (tells && file.isWatched()) {
      long from = position + known;
      watch.wrote(file, from, from + content(added), added.remaining());
    }
  }

  /** Without the zeros that fill up the last unit: the next write puts something there. */
  private int content(ByteBuffer added) {
    int end = added.remaining();
    while (writeUnit > 1
        && end > SimulatedFile.SECTOR
        && SimulatedFile.isZero(added.slice(end - SimulatedFile.SECTOR, SimulatedFile.SECTOR))) {
      end -= SimulatedFile.SECTOR;
    }
    return end;
  }

  /** The process dies in it: nobody was told that it is written, though all of it may be. */
  void writeTorn(SimulatedFile file, ByteBuffer source, long position) throws IOException {
    requireRoom(full && position + source.remaining() > file.size());
    file.write(source, position, random);
  }

  private void requireRoom(boolean lacking) throws IOException {
    if (lacking) {
      counts.lacks++;
      failures++;
      throw new IOException("simulated: no space left on device");
    }
  }

  boolean nextForceFails() {
    forces++;
    if (forcesToFail == 0) {
      return false;
    }
    forcesToFail--;
    failures++;
    return true;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  private @Nullable SimulatedFile find(Path path) {
    Path parent = path.getParent();
    SimulatedDirectory directory = parent == null ? null : directories.get(parent);
    return directory == null ? null : directory.get(name(path));
  }

  private SimulatedDirectory directoryOf(Path path) throws IOException {
    Path parent = path.getParent();
    SimulatedDirectory directory = parent == null ? null : directories.get(parent);
    if (directory == null) {
      throw new NoSuchFileException("the directory of " + path);
    }
    return directory;
  }

  private static String name(Path path) {
    Path name = path.getFileName();
    if (name == null) {
      throw new IllegalArgumentException(path + " has no name");
    }
    return name.toString();
  }
}
