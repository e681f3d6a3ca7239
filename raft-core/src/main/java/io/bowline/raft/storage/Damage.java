package io.bowline.raft.storage;

import java.nio.file.Path;

/** What was found spoilt in a log (STORAGE D-a, D-g): where, and which indexes are faulty. */
sealed interface Damage {
  /** Stands for "and all behind it" as a last index. */
  long OPEN_END = Long.MAX_VALUE;

  /** Where it was found. */
  Path file();

  /** The first block that it concerns: what is not proven durable may be a torn tail (D-b). */
  long firstBlock();

  /** The first faulty index. */
  long firstIndex();

  /** The last one; less than the first if no entry is lost. */
  long lastIndex();

  /** File, offset and what is wrong there. */
  String what();

  /** The faulty indexes in words. */
  default String indexes() {
    if (lastIndex() == OPEN_END) {
      return "indexes from " + firstIndex() + " on are faulty";
    }
    if (lastIndex() < firstIndex()) {
      return "no index is faulty";
    }
    return firstIndex() == lastIndex()
        ? "index " + firstIndex() + " is faulty"
        : "indexes " + firstIndex() + " to " + lastIndex() + " are faulty";
  }

  /** A block's header is whole, frames behind it are not. */
  record SpoiltEntries(Path file, long firstBlock, long firstIndex, long lastIndex, String why)
      implements Damage {
    @Override
    public String what() {
      return file + ": in block " + firstBlock + ", " + why;
    }
  }

  /** Blocks that must have been here are not. */
  record MissingBlocks(
      Path file, long offset, long firstBlock, long lastBlock, long firstIndex, long lastIndex)
      implements Damage {
    @Override
    public String what() {
      String which =
          lastBlock == firstBlock
              ? "block " + firstBlock
              : "blocks " + firstBlock + " to " + lastBlock;
      return file + ": " + which + " cannot be read at byte " + offset;
    }
  }

  /** A segment's own header or footer is spoilt, or the file is gone. */
  record SpoiltSegment(Path file, long firstIndex, long lastIndex, String why) implements Damage {
    @Override
    public long firstBlock() {
      return 0;
    }

    @Override
    public String what() {
      return file + ": " + why;
    }
  }
}
