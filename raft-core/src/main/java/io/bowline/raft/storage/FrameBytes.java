package io.bowline.raft.storage;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Frame;

/** Walks over the frames of a batch in memory, without an object for each. */
final class FrameBytes {
  private FrameBytes() {}

  /** CRC32C of the run of frame headers: what a block's header says of them (STORAGE F2). */
  static int headersCrc(EntryBatch batch, HeaderRun run) {
    run.reset();
    batch.writeTo(
        (bytes, offset, length) -> {
          int at = offset;
          while (at < offset + length) {
            run.add(bytes, at);
            at += Frame.HEADER_BYTES + Frame.payloadLength(bytes, at);
          }
        });
    return run.value();
  }

  /** Shows each frame's index and its offset behind the first. */
  static void walk(EntryBatch batch, LogIndex.FrameVisitor visitor) {
    int[] before = new int[1];
    batch.writeTo(
        (bytes, offset, length) -> {
          int at = offset;
          while (at < offset + length) {
            visitor.frame(Frame.index(bytes, at), before[0] + at - offset);
            at += Frame.HEADER_BYTES + Frame.payloadLength(bytes, at);
          }
          before[0] += length;
        });
  }
}
