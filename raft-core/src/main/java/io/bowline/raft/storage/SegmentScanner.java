package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads one segment front to back. Hands on the blocks that stand before the first invalid byte;
 * behind it a scan that resynchronises at each multiple of the alignment collects evidence (STORAGE
 * Recovery, W) and what is lost. Decides nothing and changes nothing.
 */
final class SegmentScanner {
  private final Path path;
  private final ScanWindow window;
  private final CRC32C crc = new CRC32C();
  private final HeaderRun run = new HeaderRun();
  private final CRC32C headers = new CRC32C();
  private final List<Damage> damages = new ArrayList<>();
  private @Nullable Block before;
  private @Nullable SegmentFooter footer;
  private long highestNumber;
  private long provenBlock;
  private long highestTerm;
  private long end;
  private long blocks;
  private long entries;

  /** Takes the intact blocks, front to back. */
  interface Sink {
    void accept(ScannedBlock block) throws StorageException;
  }

  SegmentScanner(Path path, DiskFile file) throws IOException {
    this.path = path;
    this.window = new ScanWindow(file);
  }

  /** The header, if it is intact. */
  @Nullable SegmentHeader header() throws IOException {
    if (!window.load(0, SegmentHeader.BYTES)) {
      return null;
    }
    try {
      return SegmentHeader.decode(window.view());
    } catch (StorageException | IllegalArgumentException e) {
      throw new StorageException(path + ": " + e.getMessage(), e);
    }
  }

  /** Reads all blocks; {@code previous} is the block before the segment's first one. */
  void scan(SegmentHeader header, @Nullable Block previous, Sink sink) throws IOException {
    before = previous;
    end = header.alignment();
    long expected = header.firstBlock();
    long offset = end;
    while (offset < window.size()) {
      footer = footerAt(offset, header);
      if (footer != null) {
        offset += header.alignment();
        break;
      }
      Block block = blockAt(offset, header.epoch());
      if (block == null || block.number() < expected) {
        offset += header.alignment();
        continue;
      }
      if (block.number() > expected || (damages.isEmpty() && offset != end)) {
        damages.add(missing(end, expected, block.number() - 1, block));
      }
      boolean whole = readFrames(block, sink);
      before = block;
      expected = block.number() + 1;
      if (whole) {
        offset = Segment.align(block.end(), header.alignment());
        end = damages.isEmpty() ? offset : end;
      } else {
        offset += header.alignment(); // its lengths say nothing: look everywhere
      }
    }
    collectEvidence(offset, header);
  }

  /** Behind a footer only numbers are of interest: of a torn tail that recovery cut off (F3). */
  private void collectEvidence(long from, SegmentHeader header) throws IOException {
    for (long offset = from; offset < window.size(); offset += header.alignment()) {
      blockAt(offset, header.epoch());
    }
  }

  /** Collects evidence only, of a file whose header is not valid (STORAGE F4). */
  void scanWithoutHeader(long numbersAbove) throws IOException {
    for (long offset = 0; offset < window.size(); offset += SegmentHeader.BYTES) {
      Block block = window.load(offset, Block.HEADER_BYTES) ? decode(offset) : null;
      if (block != null && block.number() > numbersAbove) {
        note(block);
      }
    }
  }

  private @Nullable SegmentFooter footerAt(long offset, SegmentHeader header) throws IOException {
    if (!window.load(offset, SegmentFooter.BYTES)) {
      return null;
    }
    SegmentFooter found = SegmentFooter.decode(window.view(), window.at(offset), offset, crc);
    if (found == null || found.epoch() != header.epoch() || found.segment() != header.number()) {
      return null;
    }
    provenBlock = Math.max(provenBlock, found.lastBlock());
    highestNumber = Math.max(highestNumber, found.lastBlock());
    return found;
  }

  private @Nullable Block blockAt(long offset, long epoch) throws IOException {
    if (!window.load(offset, Block.HEADER_BYTES)) {
      return null;
    }
    Block block = decode(offset);
    if (block == null || block.epoch() != epoch) {
      return null; // of an earlier use of this space
    }
    note(block);
    return block;
  }

  private @Nullable Block decode(long offset) throws StorageException {
    try {
      return Block.decode(window.view(), window.at(offset), offset, crc);
    } catch (StorageException e) {
      throw new StorageException(path + ": " + e.getMessage(), e);
    }
  }

  /** A valid header is evidence of what it says was durable, whatever stands behind it. */
  private void note(Block block) {
    highestNumber = Math.max(highestNumber, block.number());
    provenBlock = Math.max(provenBlock, block.durableBlock());
    highestTerm = Math.max(highestTerm, block.last().term());
  }

  private Damage missing(long offset, long from, long to, @Nullable Block next) {
    return new Damage.MissingBlocks(
        path, offset, from, to, Faulty.first(before, from, to, next), Faulty.last(next));
  }

  /** Verifies a block's frames; hands the block on if nothing before it was amiss either. */
  private boolean readFrames(Block block, Sink sink) throws IOException {
    if (!window.load(block.offset(), (long) Block.HEADER_BYTES + block.byteLength())) {
      damages.add(
          new Damage.SpoiltEntries(
              path,
              block.number(),
              block.first(),
              block.last().index(),
              "the file ends at byte " + window.size() + ", before its entries do"));
      return false;
    }
    FrameScan frames = new FrameScan(path, block, run, crc);
    long framesAt = block.offset() + Block.HEADER_BYTES;
    frames.read(window.bytes(), window.at(framesAt), framesAt);
    damages.addAll(frames.spoilt());
    if (damages.isEmpty()) {
      Checksum.update(headers, window.view(), window.at(block.offset()), Block.HEADER_BYTES);
      blocks++;
      entries += block.count();
      sink.accept(frames.block((int) headers.getValue(), blocks, entries));
    }
    return frames.spoilt().isEmpty();
  }

  /** What is wrong, front to back; the torn tail of an open segment looks so too (D-b). */
  List<Damage> damages() {
    return damages;
  }

  @Nullable SegmentFooter footer() {
    return footer;
  }

  /** The newest valid block header. */
  @Nullable Block lastBlock() {
    return before;
  }

  /** No number above it was seen (F3). */
  long highestNumber() {
    return highestNumber;
  }

  /** The highest number that this file proves durable: it counts in W. */
  long provenBlock() {
    return provenBlock;
  }

  long highestTerm() {
    return highestTerm;
  }

  /** Where the last block before the first invalid byte ends. */
  long end() {
    return end;
  }

  long blocks() {
    return blocks;
  }

  long size() {
    return window.size();
  }

  /** Bytes from {@link #end} on that are not the zeros of a clean end. */
  long bytesBehindEnd() throws IOException {
    return window.endOfContent(end) - end;
  }
}
