package io.bowline.raft.storage;

import io.bowline.raft.model.EntryId;

/**
 * What a ballot slot says of the log beside term and vote (STORAGE F5): evidence, and not promised.
 *
 * @param durableBlock the highest block number known durable when the slot was written: counts in W
 * @param commit the commit index then, never above what was durable (O5)
 * @param votePosition of a damaged node (P1); {@link EntryId#ZERO} of a whole one
 * @param wholeUpTo of a damaged node (P1); 0 of a whole one
 * @param atBlock the block number at which these two were so
 */
record Hints(long durableBlock, long commit, EntryId votePosition, long wholeUpTo, long atBlock) {
  /** Of an empty log. */
  static final Hints NONE = ofWhole(0, 0);

  /** Of a log that misses nothing. */
  static Hints ofWhole(long durableBlock, long commit) {
    return new Hints(durableBlock, commit, EntryId.ZERO, 0, 0);
  }
}
