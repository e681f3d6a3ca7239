package io.bowline.raft.testkit;

import io.bowline.raft.model.EntryBatch;

/**
 * One entry for each (index, term) that was ever sent or written, with the term of the one before
 * it: by induction two logs that share one entry share all before it (§5.3).
 */
final class EntryTable {
  private final Simulation simulation;
  private final LongTable entries = new LongTable();

  EntryTable(Simulation simulation) {
    this.simulation = simulation;
  }

  /** How many entries there ever were. */
  int size() {
    return entries.size();
  }

  void entry(EntryBatch.Cursor cursor, long prevTerm) {
    long id = Prng.mix(cursor.index() * 0x9e3779b97f4a7c15L + cursor.term()) | 1;
    long content = simulation.checksum(cursor.payload());
    content = Prng.mix(content + cursor.time() * 31 + cursor.type().code());
    content = Prng.mix(content + prevTerm) | 1;
    long known = entries.putIfAbsent(id, content);
    if (known != 0 && known != content) {
      throw simulation.failure(
          "LOG_MATCHING", "two entries are " + cursor.index() + "@" + cursor.term());
    }
  }
}
