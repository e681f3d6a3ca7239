package io.bowline.raft.examples.counter;

import io.bowline.raft.model.EntryId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a {@link RecordingDisk} wrote down: when each entry first became durable on one node. */
final class SyncRecords {
  private final Map<Long, Map<Long, Long>> nanosByIndexAndTerm = new HashMap<>();

  static SyncRecords read(Path file) throws IOException {
    SyncRecords records = new SyncRecords();
    for (String line : Files.readAllLines(file)) {
      records.add(List.of(line.split(" ", -1)));
    }
    return records;
  }

  private void add(List<String> line) {
    long nanos = Long.parseLong(line.get(0));
    for (String run : line.subList(1, line.size())) {
      int colon = run.indexOf(':');
      int dash = run.indexOf('-', colon);
      long term = Long.parseLong(run.substring(0, colon));
      long last = Long.parseLong(run.substring(dash + 1));
      for (long index = Long.parseLong(run.substring(colon + 1, dash)); index <= last; index++) {
        nanosByIndexAndTerm
            .computeIfAbsent(index, none -> new HashMap<>(2))
            .merge(term, nanos, Math::min);
      }
    }
  }

  /** The entries at this index, one for each term in which this node made one durable by then. */
  List<EntryId> durableBy(long index, long nanos) {
    return nanosByIndexAndTerm.getOrDefault(index, Map.of()).entrySet().stream()
        .filter(entry -> entry.getValue() - nanos <= 0)
        .map(entry -> new EntryId(index, entry.getKey()))
        .toList();
  }
}
