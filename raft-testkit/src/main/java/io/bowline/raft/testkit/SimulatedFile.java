package io.bowline.raft.testkit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One file's two contents: what its page cache shows and, for the 512-byte sectors in which the
 * disk differs, what the disk has (TESTKIT 1.1). Pages of zeros take no memory.
 */
final class SimulatedFile {
  static final int SECTOR = 512;
  static final int PAGE = 4096;
  private static final byte[] ZEROS = new byte[PAGE];
  private static final ByteBuffer ZERO_PAGE = ByteBuffer.wrap(ZEROS).asReadOnlyBuffer();

  /** The masks have a bit for each of the page's eight sectors. */
  private static final class Page {
    private final int number;
    private final byte[] cache = new byte[PAGE];
    private byte @Nullable [] disk;

    /** Sectors whose content on disk is {@link #disk}'s and not the cache's. */
    private int differs;

    /** Of these, what the next force writes. */
    private int dirty;

    /** Of these, what a force on its way writes. */
    private int inFlight;

    Page(int number) {
      this.number = number;
    }

    void carry(int sectors) {
      differs &= ~sectors;
      dirty &= ~sectors;
      inFlight &= ~sectors;
    }
  }

  private boolean watched = true;

  /** Whether the disk's watch hears of what is written to it. */
  void watched(boolean itIs) {
    watched = itIs;
  }

  boolean isWatched() {
    return watched;
  }

  /** What one force covers: the sectors that were dirty when it was called. */
  final class Force {
    private final List<Page> pages = new ArrayList<>();
    private final int[] sectors;
    private final long covered = size;

    private Force() {
      sectors = new int[behind.size()];
      for (Page page : behind) {
        page.inFlight |= page.dirty;
        page.dirty = 0;
        sectors[pages.size()] = page.inFlight;
        pages.add(page);
      }
    }

    /** It has returned: what it covers is on disk. */
    void succeed() {
      for (int i = 0; i < sectors.length; i++) {
        Page page = pages.get(i);
        page.carry(sectors[i] & page.inFlight);
      }
      behind.removeIf(page -> page.differs == 0);
      diskSize = Math.max(diskSize, covered);
    }

    /**
     * It has failed: the pages count as clean, the disk has what it had, and a later force writes
     * nothing (Rebello, ATC'20).
     */
    void fail() {
      for (int i = 0; i < sectors.length; i++) {
        pages.get(i).inFlight &= ~sectors[i];
      }
    }
  }

  private @Nullable Page[] pages = new Page[16];
  private final List<Page> behind = new ArrayList<>();
  private long size;
  private long diskSize;

  long size() {
    return size;
  }

  /** Whether a power cut now could change what is read. */
  boolean isBehind() {
    return !behind.isEmpty() || size != diskSize;
  }

  /** What stands there is no longer what was written: on the disk and in the cache. */
  void damage(long from, byte[] bytes, boolean flips) {
    for (int i = 0; i < bytes.length; i++) {
      Page page = pageAt((int) ((from + i) / PAGE));
      if (page != null) {
        int at = (int) ((from + i) % PAGE);
        page.cache[at] = (byte) (flips ? page.cache[at] ^ bytes[i] : bytes[i]);
      }
    }
  }

  /** Whether a power cut would leave all of these bytes as they are read now. */
  boolean isOnDisk(long from, long to) {
    if (to > diskSize) {
      return false;
    }
    for (int number = (int) (from / PAGE); (long) number * PAGE < to; number++) {
      Page page = pageAt(number);
      if (page != null && page.differs != 0 && (page.differs & sectors(number, from, to)) != 0) {
        return false;
      }
    }
    return true;
  }

  private static int sectors(int number, long from, long to) {
    long begin = (long) number * PAGE;
    int first = (int) (Math.max(0, from - begin) / SECTOR);
    int last = (int) ((Math.min(PAGE, to - begin) - 1) / SECTOR);
    return (0xff << first) & (0xff >> (7 - last));
  }

  int read(ByteBuffer target, long position) {
    int length = (int) Math.max(0, Math.min(target.remaining(), size - position));
    long at = position;
    int left = length;
    while (left > 0) {
      int from = (int) (at % PAGE);
      int count = Math.min(left, PAGE - from);
      Page page = pageAt((int) (at / PAGE));
      target.put(page == null ? ZEROS : page.cache, from, count);
      at += count;
      left -= count;
    }
    return length;
  }

  /** Compared page by page, so that zeros written ahead cost no loop over their bytes. */
  static boolean isZero(ByteBuffer source) {
    for (int at = source.position(); at < source.limit(); at += PAGE) {
      int count = Math.min(PAGE, source.limit() - at);
      if (source.slice(at, count).mismatch(ZERO_PAGE.slice(0, count)) >= 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * How many of the buffer's first bytes, in whole sectors, say what the file says already: who
   * writes whole pages repeats what stands before the new in the first one.
   */
  int sectorsAlike(ByteBuffer source, long position) {
    if (position % SECTOR != 0) {
      return 0;
    }
    int alike = 0;
    while (source.remaining() - alike >= SECTOR && isAlike(source, alike, position + alike)) {
      alike += SECTOR;
    }
    return alike;
  }

  private boolean isAlike(ByteBuffer source, int from, long position) {
    Page page = position + SECTOR <= size ? pageAt((int) (position / PAGE)) : null;
    return page != null
        && source
            .slice(source.position() + from, SECTOR)
            .equals(ByteBuffer.wrap(page.cache, (int) (position % PAGE), SECTOR));
  }

  void write(ByteBuffer source, long position, Prng random) {
    if (!source.hasRemaining()) {
      return;
    }
    byte[] chunk = new byte[PAGE];
    long at = position;
    while (source.hasRemaining()) {
      int from = (int) (at % PAGE);
      int count = Math.min(source.remaining(), PAGE - from);
      source.get(chunk, 0, count);
      int number = (int) (at / PAGE);
      Page page = pageAt(number);
      if (page != null || !Arrays.equals(chunk, 0, count, ZEROS, 0, count)) {
        overwrite(page == null ? newPage(number) : page, from, chunk, count, random);
      }
      at += count;
    }
    size = Math.max(size, at);
  }

  private void overwrite(Page page, int from, byte[] chunk, int count, Prng random) {
    boolean wasBehind = page.differs != 0;
    for (int sector = from / SECTOR; sector <= (from + count - 1) / SECTOR; sector++) {
      int bit = 1 << sector;
      if (saysTheSame(page, sector, from, chunk, count)) {
        page.dirty |= page.differs & ~page.inFlight & bit; // what a failed force left is due again
        continue;
      }
      boolean early = (page.dirty & bit) != 0 && random.nextInt(4) == 0;
      if (early || (page.inFlight & bit) != 0) {
        page.carry(bit); // write-back may run at any time; a force on its way must have its content
      }
      if ((page.differs & bit) == 0) {
        if (page.disk == null) {
          page.disk = new byte[PAGE];
        }
        System.arraycopy(page.cache, sector * SECTOR, page.disk, sector * SECTOR, SECTOR);
        page.differs |= bit;
      }
      page.dirty |= bit;
    }
    System.arraycopy(chunk, 0, page.cache, from, count);
    if (!wasBehind && page.differs != 0) {
      behind.add(page);
    }
  }

  private static boolean saysTheSame(Page page, int sector, int from, byte[] chunk, int count) {
    int begin = Math.max(from, sector * SECTOR);
    int end = Math.min(from + count, (sector + 1) * SECTOR);
    return Arrays.equals(page.cache, begin, end, chunk, begin - from, end - from);
  }

  private @Nullable Page pageAt(int number) {
    return number < pages.length ? pages[number] : null;
  }

  private Page newPage(int number) {
    if (number >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(pages.length * 2, number + 1));
    }
    Page page = new Page(number);
    pages[number] = page;
    return page;
  }

  Force beginForce() {
    return new Force();
  }

  /**
   * The cache is gone: each sector that no force had carried survives with that probability, each
   * alone or, if {@code wholePages}, with its block of 4096 bytes. Of a block that was being
   * written each other sector is spoilt with the other probability.
   */
  void powerCut(
      double survival, boolean wholePages, double spoilt, Prng random, DiskCounts counts) {
    long end = diskSize;
    if (size > diskSize && random.chance(survival)) {
      end = size; // the length may be on disk without the data
    }
    for (Page page : behind) {
      int kept = kept(survival, wholePages, random) & (page.dirty | page.inFlight);
      if (kept != 0) {
        int last = Integer.SIZE - Integer.numberOfLeadingZeros(kept);
        end = Math.max(end, Math.min(size, (long) page.number * PAGE + (long) last * SECTOR));
      }
      counts.sectorsKept += Integer.bitCount(kept & page.differs);
      counts.sectorsLost += Integer.bitCount(page.differs & ~kept);
      revert(page, page.differs & ~kept);
      if (spoilt > 0 && (page.dirty | page.inFlight) != 0) {
        counts.sectorsSpoilt += spoil(page, ~page.differs, spoilt, random);
      }
      page.differs = 0;
      page.dirty = 0;
      page.inFlight = 0;
    }
    behind.clear();
    counts.lengthsLost += end < size ? 1 : 0;
    size = end;
    diskSize = end;
  }

  private static int spoil(Page page, int sectors, double chance, Prng random) {
    int count = 0;
    for (int sector = 0; sector < PAGE / SECTOR; sector++) {
      if ((sectors & (1 << sector)) != 0 && random.chance(chance)) {
        byte[] garbage = new byte[SECTOR];
        random.nextBytes(garbage);
        System.arraycopy(garbage, 0, page.cache, sector * SECTOR, SECTOR);
        count++;
      }
    }
    return count;
  }

  private static int kept(double survival, boolean wholePages, Prng random) {
    if (wholePages) {
      return random.chance(survival) ? 0xff : 0;
    }
    int mask = 0;
    for (int sector = 0; sector < PAGE / SECTOR; sector++) {
      if (random.chance(survival)) {
        mask |= 1 << sector;
      }
    }
    return mask;
  }

  private static void revert(Page page, int sectors) {
    byte[] disk = page.disk;
    for (int sector = 0; disk != null && sector < PAGE / SECTOR; sector++) {
      if ((sectors & (1 << sector)) != 0) {
        System.arraycopy(disk, sector * SECTOR, page.cache, sector * SECTOR, SECTOR);
      }
    }
  }

  /**
   * Memory is short: what counts as clean is read from the disk again, after a failed force too.
   */
  void evict() {
    for (Page page : behind) {
      int clean = page.differs & ~page.dirty & ~page.inFlight;
      revert(page, clean);
      page.differs &= ~clean;
    }
    behind.removeIf(page -> page.differs == 0);
  }

  /** The content that a process sees, and all of it on disk. */
  SimulatedFile asSeen() {
    return copy(false);
  }

  /** The content on disk alone: what a power cut leaves that takes all it may. */
  SimulatedFile onDisk() {
    return copy(true);
  }

  private SimulatedFile copy(boolean asOnDisk) {
    SimulatedFile copy = new SimulatedFile();
    copy.pages = new Page[pages.length];
    copy.size = asOnDisk ? diskSize : size;
    copy.diskSize = copy.size;
    for (Page page : pages) {
      if (page != null) {
        Page twin = copy.newPage(page.number);
        System.arraycopy(page.cache, 0, twin.cache, 0, PAGE);
        twin.disk = page.disk;
        revert(twin, asOnDisk ? page.differs : 0);
        twin.disk = null;
      }
    }
    return copy;
  }

  /** A segment's footer begins so (docs/design/log-format.md). */
  static boolean isSeal(ByteBuffer source) {
    int at = source.position();
    return source.remaining() >= 4
        && source.remaining() <= PAGE
        && source.get(at) == 'S'
        && source.get(at + 1) == 'E'
        && source.get(at + 2) == 'A'
        && source.get(at + 3) == 'L';
  }
}
