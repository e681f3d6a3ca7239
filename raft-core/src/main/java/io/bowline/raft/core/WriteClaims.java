package io.bowline.raft.core;

/**
 * What each log write still proves once it is durable (STORAGE O3): the index up to which its
 * entries are those of the log. An append from index i takes back what older writes, completed ones
 * too, prove at and above i.
 */
final class WriteClaims {
  /** Write number and the last index that it still claims; both never fall along the queue. */
  private final LongPairs open = new LongPairs();

  private long durableIndex;

  WriteClaims(long durableIndex) {
    this.durableIndex = durableIndex;
  }

  long durableIndex() {
    return durableIndex;
  }

  void claim(long write, long first, long last) {
    open.capSecond(first - 1);
    durableIndex = Math.min(durableIndex, first - 1);
    open.add(write, last);
  }

  /** All writes up to that one are durable (O1). */
  void durable(long write) {
    while (!open.isEmpty() && open.first() <= write) {
      durableIndex = Math.max(durableIndex, open.second());
      open.remove();
    }
  }
}
