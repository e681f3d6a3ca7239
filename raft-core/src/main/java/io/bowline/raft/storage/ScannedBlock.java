package io.bowline.raft.storage;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.TermRun;
import java.util.List;

/**
 * A block that was read and found intact, as far as the log's outline and index need it.
 *
 * @param anchors some of its frames, far apart, if it is long
 * @param headersCrc CRC32C of all block headers of its segment up to its own
 * @param blocks of its segment so far
 * @param entries in these
 */
record ScannedBlock(
    Block block,
    List<TermRun> runs,
    List<EntryBatch.MembershipAt> memberships,
    long firstTime,
    long lastTime,
    List<Anchor> anchors,
    int headersCrc,
    long blocks,
    long entries) {
  /** Anchors are not closer than this. */
  static final int ANCHOR_STEP = LogIndex.ANCHOR_BYTES / 4;

  /** A frame's index and its offset behind the block's header. */
  record Anchor(long index, int at) {}

  long number() {
    return block.number();
  }

  void walk(LogIndex.FrameVisitor visitor) {
    for (Anchor anchor : anchors) {
      visitor.frame(anchor.index(), anchor.at());
    }
  }
}
