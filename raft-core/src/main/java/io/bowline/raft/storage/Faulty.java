package io.bowline.raft.storage;

import org.jspecify.annotations.Nullable;

/**
 * Which indexes are faulty where blocks are missing (STORAGE D-g): a gap may have held an
 * overwriting block, so what stood before it is not what it seems.
 */
final class Faulty {
  private Faulty() {}

  /**
   * The first faulty index.
   *
   * @param before the last valid header before the gap
   * @param from the number of the first missing block
   * @param to the number of the last one
   * @param next the first valid header behind the gap
   */
  static long first(@Nullable Block before, long from, long to, @Nullable Block next) {
    if (from == to && next != null) {
      return next.firstOfBlockBefore(); // it repeats where the one missing block began
    }
    return before == null ? 1 : before.commit() + 1;
  }

  /** The last one. */
  static long last(@Nullable Block next) {
    return next == null ? Damage.OPEN_END : next.first() - 1;
  }
}
