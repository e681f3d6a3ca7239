package io.bowline.raft.testkit;

/** What became of one machine's writes, for the marks. */
final class DiskCounts {
  long namesLost;
  long sectorsLost;
  long sectorsKept;
  long sectorsSpoilt;
  long lengthsLost;
  long evicted;
  long seals;
  long lacks;
  long withoutHandle;

  void countMarks(Marks marks) {
    marks.hitIf(namesLost > 0, Mark.NAMES_LOST);
    marks.hitIf(sectorsLost > 0, Mark.SECTORS_LOST);
    marks.hitIf(sectorsKept > 0, Mark.SECTORS_KEPT);
    marks.hitIf(sectorsSpoilt > 0, Mark.NEIGHBOUR_SPOILT);
    marks.hitIf(lengthsLost > 0, Mark.FILE_LENGTH_LOST);
    marks.hitIf(evicted > 0, Mark.CACHE_EVICTED);
    marks.hitIf(seals > 0, Mark.SEGMENT_SEALED);
    marks.hitIf(lacks > 0, Mark.NO_ROOM);
    marks.hitIf(withoutHandle > 0, Mark.NO_HANDLE);
  }
}
