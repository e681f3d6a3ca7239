package io.bowline.raft.storage;

import java.nio.file.Path;

/** A log file with a valid header. */
final class Segment {
  private final Path path;
  private final SegmentHeader header;

  Segment(Path path, SegmentHeader header) {
    this.path = path;
    this.header = header;
  }

  Path path() {
    return path;
  }

  SegmentHeader header() {
    return header;
  }

  /** The next place at or behind that offset where a block may begin. */
  static long align(long offset, int alignment) {
    return (offset + alignment - 1) & -alignment;
  }

  long align(long offset) {
    return align(offset, header.alignment());
  }

  /** Where its first block begins. */
  long begin() {
    return header.alignment();
  }

  String name() {
    return "log/" + path.getFileName();
  }
}
