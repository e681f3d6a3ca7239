package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log back and decides what of it is believed (STORAGE Recovery); changes nothing. Damage
 * and fencing refuse to start. What is believed goes to {@link LogReopening}.
 */
final class LogRecovery {
  private final Disk disk;
  private final Path directory;
  private final Identity identity;
  private final OpenSegments before;
  private final LogReplay replay;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Damage> damages = new ArrayList<>();

  private @Nullable Block lastHeader;
  private long proven;
  private long highestNumber;
  private long highestTerm;
  private long blocks;
  private long bytes;
  private long tornBytes;
  private long tailNumber;
  private @Nullable Segment tail;
  private @Nullable SegmentScanner tailScan;

  LogRecovery(Disk disk, Path directory, Identity identity, Hints hints) {
    this.disk = disk;
    this.directory = directory;
    this.identity = identity;
    this.before = new OpenSegments(disk);
    this.replay = new LogReplay(before);
    this.proven = hints.durableBlock();
    this.highestNumber = Math.max(hints.durableBlock(), hints.atBlock());
  }

  /**
   * Reads everything.
   *
   * @throws StorageException if not all of it can be believed
   */
  void read(long ballotTerm) throws IOException {
    List<Long> numbers = segmentNumbers();
    if (numbers.isEmpty()) {
      damages.add(gone(1, "there is no segment, and a bootstrap made one", null));
    }
    Iterator<Long> next = numbers.iterator();
    try {
      disk.scan(
          numbers.stream().map(this::segment).toList(),
          (path, scanned) -> {
            long number = next.next();
            readSegment(path, new SegmentScanner(path, scanned), number, !next.hasNext());
          });
      decide();
    } finally {
      before.close();
    }
    requireNoTermAbove(ballotTerm);
  }

  private List<Long> segmentNumbers() throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (String name : disk.list(directory)) {
      if (name.matches("\\d{20}\\.log")) {
        numbers.add(number(name));
      }
    }
    return numbers;
  }

  private long number(String name) throws StorageException {
    try {
      return Long.parseLong(name, 0, 20, 10);
    } catch (NumberFormatException e) {
      throw refused(directory.resolve(name) + " has a number that no segment has");
    }
  }

  private Path segment(long number) {
    return directory.resolve(NextSegment.name(number, NextSegment.LOG));
  }

  private void readSegment(Path path, SegmentScanner scan, long number, boolean last)
      throws IOException {
    SegmentHeader header = scan.header();
    if (number != tailNumber + 1) {
      damages.add(gone(tailNumber + 1, "the file is missing, one behind it is here", header));
    }
    if (header == null) {
      readWithoutHeader(number, scan, last);
    } else {
      requireOwn(path, number, header);
      Segment segment = new Segment(path, header);
      requireChain(segment);
      segments.add(segment);
      scan.scan(header, lastHeader, block -> found(segment, block));
      lastHeader = scan.lastBlock();
      highestNumber = Math.max(highestNumber, header.firstBlock() - 1);
      if (!last) {
        closeSealed(segment, scan);
      } else {
        tail = segment;
      }
    }
    proven = Math.max(proven, scan.provenBlock());
    highestNumber = Math.max(highestNumber, scan.highestNumber());
    highestTerm = Math.max(highestTerm, scan.highestTerm());
    blocks += scan.blocks();
    bytes += scan.size();
    tailNumber = number;
    tailScan = scan;
    tornBytes = last && scan.footer() == null ? scan.bytesBehindEnd() : 0;
  }

  /** F4: the last file is then an empty segment, unless a block in it says otherwise. */
  private void readWithoutHeader(long number, SegmentScanner scan, boolean last)
      throws IOException {
    scan.scanWithoutHeader(replay.appliedNumber());
    if (!last) {
      damages.add(gone(number, "its header is unreadable, and it is sealed", null));
    }
  }

  private Damage gone(long number, String why, @Nullable SegmentHeader next) {
    Path path = segment(number);
    long first = lastHeader == null ? 1 : lastHeader.commit() + 1; // D-g: what overwrote is gone
    long last = next == null ? Damage.OPEN_END : next.first() - 1;
    return new Damage.SpoiltSegment(path, first, last, why);
  }

  /** Files of another owner, or under another's name, are refused, with names. */
  private void requireOwn(Path path, long number, SegmentHeader header) throws StorageException {
    if (header.number() != number) {
      throw refused(
          path + " holds segment " + header.number() + ": files were exchanged or renamed");
    }
    String where = path.toString();
    IdentityFile.requireSame(
        where, "cluster", header.cluster().value(), identity.cluster().value());
    IdentityFile.requireSame(where, "group", header.group().value(), identity.group().value());
    IdentityFile.requireSame(where, "node", header.node().value(), identity.node().value());
    if (!identity.owns(header.incarnation())) {
      throw refused(
          path
              + " is of incarnation "
              + header.incarnation()
              + ", which the identity does not list");
    }
    if (!StorageOptions.isAlignment(header.alignment())) {
      throw refused(path + ": block alignment " + header.alignment() + " is not known");
    }
  }

  private void requireChain(Segment segment) throws StorageException {
    SegmentHeader header = segment.header();
    LogOutline outline = replay.outline();
    if (damages.isEmpty()
        && (!header.previous().equals(outline.last())
            || header.first() != outline.last().index() + 1
            || header.firstBlock() <= replay.appliedNumber())) {
      throw refused(
          segment.path()
              + " says that it follows "
              + header.previous()
              + " and begins with block "
              + header.firstBlock()
              + ", but the log before it ends at "
              + outline.last()
              + " with block "
              + replay.appliedNumber());
    }
  }

  private static StorageException refused(String what) {
    return new StorageException(what + ". " + StorageException.WAYS_OUT);
  }

  private void found(Segment segment, ScannedBlock block) throws StorageException {
    if (damages.isEmpty()) {
      replay.add(segment, block);
    }
  }

  /** D-a: a sealed segment is whole up to what its footer names, or damaged. */
  private void closeSealed(Segment segment, SegmentScanner scan) throws StorageException {
    SegmentFooter footer = scan.footer();
    if (footer == null) {
      damages.addAll(scan.damages());
      damages.add(
          gone(segment.header().number(), "it is sealed, but no footer of it is readable", null));
      return;
    }
    for (Damage damage : scan.damages()) {
      if (damage.firstBlock() <= footer.lastBlock()) { // behind it recovery left a torn tail
        damages.add(damage);
      }
    }
    if (damages.isEmpty()) {
      replay.prove(footer.lastBlock());
      replay.dropPending();
      requireAgreement(segment, footer);
    }
  }

  private void requireAgreement(Segment segment, SegmentFooter footer) throws StorageException {
    ScannedBlock last = replay.applied();
    if (last == null
        || last.number() != footer.lastBlock()
        || last.headersCrc() != footer.headersCrc()
        || last.blocks() != footer.blocks()
        || last.entries() != footer.entries()
        || !replay.outline().last().equals(footer.last())) {
      damages.add(
          new Damage.MissingBlocks(
              segment.path(),
              footer.offset(),
              replay.appliedNumber() + 1,
              footer.lastBlock(),
              Faulty.first(lastHeader, 0, 1, null),
              Damage.OPEN_END));
    }
  }

  /** V and W are known: torn tail (D-b) or damage (D-a)? */
  private void decide() throws IOException {
    SegmentScanner scan = tailScan;
    long whole = replay.lastNumber();
    if (scan != null && damages.isEmpty() && whole < proven) {
      for (Damage damage : scan.damages()) {
        if (damage.firstBlock() <= proven) {
          damages.add(damage);
        }
      }
      if (damages.isEmpty()) {
        damages.add(lostTail(whole + 1));
      }
    }
    if (!damages.isEmpty()) {
      throw damaged();
    }
    replay.prove(proven);
  }

  private Damage lostTail(long firstBlock) {
    Path path = segment(tailNumber);
    return new Damage.MissingBlocks(
        path,
        tailScan == null ? 0 : tailScan.end(),
        firstBlock,
        proven,
        Faulty.first(lastHeader, firstBlock, proven, null),
        Damage.OPEN_END);
  }

  private StorageException damaged() {
    StringBuilder text = new StringBuilder();
    for (Damage damage : damages) {
      text.append(damage.what()).append(": ").append(damage.indexes()).append("; ");
    }
    return new StorageException(
        text
            + "blocks up to "
            + proven
            + " are proven durable, so this is damage and not a torn tail; the node does not start"
            + " and changed nothing. "
            + StorageException.WAYS_OUT);
  }

  /** O2: no entry is on disk with a term above the ballot's, so a newer ballot was lost (D-d). */
  private void requireNoTermAbove(long ballotTerm) throws StorageException {
    if (highestTerm > ballotTerm) {
      throw refused(
          directory
              + " holds an entry of term "
              + highestTerm
              + ", but the ballot's term is "
              + ballotTerm
              + ": a newer ballot was lost, so the node is fenced and does not start");
    }
  }

  LogReplay replay() {
    return replay;
  }

  /** Whether there is any, proven or not. */
  boolean hasEntries() {
    return replay.outline().last().index() > 0 || highestTerm > 0;
  }

  /** All segments with a valid header, oldest first. */
  List<Segment> segments() {
    return segments;
  }

  /** The last file's number. */
  long tailNumber() {
    return tailNumber;
  }

  /** The last file, if its header is valid and a block in it counts: it has to be sealed. */
  @Nullable Segment tailToSeal() {
    return replay.isIn(tail) ? tail : null;
  }

  /** Where the last file's intact blocks end: the place of its footer. */
  long tailEnd() {
    return tailScan == null ? 0 : tailScan.end();
  }

  /** No block number up to this one is used again (F3). */
  long highestNumber() {
    return highestNumber;
  }

  /** What was found, for the operator. */
  RecoveryReport report() {
    List<String> findings = new ArrayList<>();
    String name = "log/" + NextSegment.name(tailNumber, NextSegment.LOG);
    if (tornBytes > 0) {
      findings.add(
          name
              + ": a torn tail of "
              + tornBytes
              + " bytes from byte "
              + tailEnd()
              + " was dropped");
    }
    if (!replay.pending().isEmpty()) {
      findings.add(
          name
              + ": "
              + replay.pending().size()
              + " blocks that nothing proved durable were copied into a new segment");
    }
    return new RecoveryReport(
        segments.size(), blocks, replay.outline().last().index(), bytes, tornBytes, findings);
  }
}
