package io.bowline.raft.storage;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The open end of the log: turns group commits into blocks and writes them behind one another,
 * through one direct buffer that is filled, written and used again. Forces nothing. One thread.
 */
final class BlockWriter {
  private static final int FIRST_STAGING = 64 << 10;
  private static final int MAX_STAGING = 1 << 20;
  private static final byte[] ZEROS = new byte[4096];

  private final LogOutline outline;
  private final LogIndex index;
  private final HeaderRun run = new HeaderRun();

  /** From {@link #stagedAt} on; between two writes it keeps the begin of a unit half written. */
  private ByteBuffer staging = Aligned.direct(FIRST_STAGING);

  private long stagedAt;
  private int unit;

  private Segment segment;
  private DiskFile file;
  private ZeroAhead zeros;
  private boolean headerIsWritten;
  private long position;
  private final CRC32C headers = new CRC32C();
  private long blocks;
  private long entries;

  private long lastBlock;
  private long durableBlock;
  private long firstOfLastBlock;
  private Block.@Nullable Kind lastKind;
  private long commit;

  /** One block to be: a batch, and whether it drops what stood there. */
  private record Piece(EntryBatch batch, Block.Kind kind) {}

  /**
   * Begins in a segment that has no blocks and no header yet.
   *
   * @param durableBlock the number of the last block in the log: all before it is durable
   * @param firstOfLastBlock its first index
   * @param commit a commit index that was known
   * @param lastNumber the highest number ever seen: the next block is above it (F3)
   */
  BlockWriter(
      Segment segment,
      DiskFile file,
      ZeroAhead zeros,
      LogOutline outline,
      LogIndex index,
      long durableBlock,
      long firstOfLastBlock,
      long lastNumber,
      long commit) {
    this.segment = segment;
    this.file = file;
    this.zeros = zeros;
    this.outline = outline;
    this.index = index;
    this.lastBlock = lastNumber;
    this.durableBlock = durableBlock;
    this.firstOfLastBlock = firstOfLastBlock;
    this.commit = commit;
    this.position = segment.begin();
    this.unit = file.writeUnit();
  }

  /** Goes on in another segment; its header is written with its first block. */
  void startSegment(Segment next, DiskFile nextFile, ZeroAhead nextZeros) {
    segment = next;
    file = nextFile;
    zeros = nextZeros;
    unit = nextFile.writeUnit();
    headerIsWritten = false;
    position = next.begin();
    headers.reset();
    blocks = 0;
    entries = 0;
  }

  Segment segment() {
    return segment;
  }

  /** The segment's file, open to be written. */
  DiskFile file() {
    return file;
  }

  ZeroAhead zeros() {
    return zeros;
  }

  /** Where the next block begins. */
  long position() {
    return position;
  }

  /** The number of the newest block, durable or not. */
  long lastBlock() {
    return lastBlock;
  }

  long durableBlock() {
    return durableBlock;
  }

  long commit() {
    return commit;
  }

  /** Whether no block stands in this segment yet. */
  boolean isEmpty() {
    return blocks == 0;
  }

  /** Whether what was last written is evidence of all entries' durability, or needs none. */
  boolean tailIsProven() {
    return blocks == 0 || lastKind == Block.Kind.SYNC;
  }

  /** The same, if anything was written here. */
  void durableIfWritten() {
    if (blocks > 0) {
      durable();
    }
  }

  /** All that was written is durable: the next block says so (F3). */
  void durable() {
    durableBlock = lastBlock;
  }

  /** Notes the commit index; never above what is durable (O5). */
  void noteCommit(long index) {
    commit = Math.max(commit, Math.min(index, outline.last().index()));
  }

  /** At most so many bytes of file will {@link #write} take for these batches. */
  long room(List<EntryBatch> batches) {
    long bytes = 0;
    for (EntryBatch batch : batches) {
      long joined = batch.byteLength();
      long cuts = joined / Block.MAX_JOINED_BYTES * 2 + 1;
      bytes += joined + cuts * (Block.HEADER_BYTES + segment.header().alignment());
    }
    return bytes;
  }

  /** Writes one group commit into the page cache, below the zeros. */
  void write(List<EntryBatch> batches) throws IOException {
    beginStaging();
    List<Piece> pieces = pieces(batches);
    Block[] written = new Block[pieces.size()];
    for (int i = 0; i < written.length; i++) {
      EntryBatch batch = pieces.get(i).batch();
      written[i] = block(pieces.get(i).kind(), batch.firstIndex(), batch.last(), batch);
      stage(written[i], batch);
      outline.append(batch);
    }
    finish();
    for (int i = 0; i < written.length; i++) { // readers look only where bytes are
      EntryBatch batch = pieces.get(i).batch();
      index.add(segment, written[i], visitor -> FrameBytes.walk(batch, visitor));
    }
  }

  /** Writes a block without entries: evidence that all before it is durable (D-c). */
  void writeSync() throws IOException {
    beginStaging();
    EntryId last = outline.last();
    Block block = block(Block.Kind.SYNC, last.index() + 1, last, EntryBatch.EMPTY);
    stage(block, EntryBatch.EMPTY);
    finish();
    index.add(segment, block, null);
  }

  /** Writes the header alone, of a segment that begins without a block. */
  void writeHeader() throws IOException {
    beginStaging();
    finish();
  }

  /** Seals the segment: all its blocks are durable already (F4). */
  void writeFooter() throws IOException {
    SegmentHeader header = segment.header();
    new SegmentFooter(
            header.epoch(),
            position,
            header.number(),
            lastBlock,
            outline.last(),
            blocks,
            entries,
            (int) headers.getValue())
        .encode(staging);
    finish();
  }

  /**
   * Cuts and joins: entries that follow one another make one block, in bounds; see {@link Block}.
   */
  private List<Piece> pieces(List<EntryBatch> batches) {
    List<Piece> pieces = new ArrayList<>(batches.size());
    List<EntryBatch> joined = new ArrayList<>(batches.size());
    long last = outline.last().index();
    long bytes = 0;
    Block.Kind kind = Block.Kind.APPEND;
    for (EntryBatch batch : batches) {
      if (batch.isEmpty()) {
        continue;
      }
      if (batch.firstIndex() > last + 1) {
        throw new IllegalArgumentException(
            "entries from " + batch.firstIndex() + " leave a gap behind " + last);
      }
      boolean overwrites = batch.firstIndex() <= last;
      if (overwrites || bytes + batch.byteLength() > Block.MAX_JOINED_BYTES) {
        cut(joined, kind, pieces);
        kind = overwrites ? Block.Kind.OVERWRITE : Block.Kind.APPEND;
        bytes = 0;
      }
      joined.add(batch);
      bytes += batch.byteLength();
      last = batch.lastIndex();
    }
    cut(joined, kind, pieces);
    return pieces;
  }

  private static void cut(List<EntryBatch> joined, Block.Kind first, List<Piece> pieces) {
    if (joined.isEmpty()) {
      return;
    }
    EntryBatch rest = EntryBatch.join(joined);
    joined.clear();
    Block.Kind kind = first;
    while (rest.byteLength() > Block.MAX_JOINED_BYTES && rest.count() > 1) {
      EntryBatch head = rest.cut(rest.firstIndex(), Block.MAX_JOINED_BYTES);
      pieces.add(new Piece(head, kind));
      kind = Block.Kind.APPEND;
      rest = rest.range(head.lastIndex() + 1, rest.lastIndex());
    }
    pieces.add(new Piece(rest, kind));
  }

  private Block block(Block.Kind kind, long first, EntryId last, EntryBatch batch) {
    EntryId previous = new EntryId(first - 1, outline.termAt(first - 1));
    return new Block(
        kind,
        segment.header().epoch(),
        position,
        lastBlock + 1,
        durableBlock,
        firstOfLastBlock,
        previous,
        first,
        last,
        batch.count(),
        (int) batch.byteLength(),
        Math.min(commit, previous.index()),
        FrameBytes.headersCrc(batch, run));
  }

  private void beginStaging() {
    if (!headerIsWritten) {
      staging.clear();
      stagedAt = 0;
      staging.put(segment.header().encode());
      padTo(segment.begin());
      headerIsWritten = true;
    }
  }

  private void stage(Block block, EntryBatch batch) throws IOException {
    if (staging.remaining() < Block.HEADER_BYTES + segment.header().alignment()) {
      flush();
    }
    int headerAt = staging.position();
    block.encode(staging);
    Checksum.update(headers, staging, headerAt, Block.HEADER_BYTES);
    batch.writeTo(this::stageBytes);
    if (staging.remaining() < segment.header().alignment()) {
      flush();
    }
    long end = segment.align(block.end());
    padTo(end);
    position = end;
    lastBlock = block.number();
    firstOfLastBlock = block.first();
    lastKind = block.kind();
    blocks++;
    entries += block.count();
  }

  private void stageBytes(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      if (!staging.hasRemaining()) {
        growOrFlush();
      }
      int part = Math.min(length - done, staging.remaining());
      staging.put(bytes, offset + done, part);
      done += part;
    }
  }

  private void growOrFlush() throws IOException {
    if (staging.capacity() >= MAX_STAGING) {
      flush();
      return;
    }
    ByteBuffer larger = Aligned.direct(Math.min(MAX_STAGING, 4 * staging.capacity()));
    staging = larger.put(staging.flip());
  }

  private void padTo(long end) {
    staging.put(ZEROS, 0, (int) (end - stagedAt - staging.position()));
  }

  /**
   * Writes all that is staged, with zeros up to a whole unit; keeps what the next write repeats.
   */
  private void finish() throws IOException {
    int length = staging.position();
    int whole = length + unit - 1 & -unit;
    staging.put(ZEROS, 0, whole - length);
    writeOut(whole);
    zeros.used(stagedAt + whole);
    keep(length & -unit, length);
  }

  /** Makes place in the buffer: writes the whole units that it holds. */
  private void flush() throws IOException {
    int length = staging.position();
    int whole = length & -unit;
    writeOut(whole);
    keep(whole, length);
  }

  private void writeOut(int length) throws IOException {
    if (stagedAt + length > zeros.reached()) {
      throw new IllegalStateException(
          segment.name() + ": a write to " + (stagedAt + length) + " passes the zeros");
    }
    file.write(staging.slice(0, length), stagedAt);
  }

  /** Moves what stands from there on to the buffer's begin. */
  private void keep(int from, int to) {
    staging.limit(to).position(from);
    staging.compact();
    stagedAt += from;
  }
}
