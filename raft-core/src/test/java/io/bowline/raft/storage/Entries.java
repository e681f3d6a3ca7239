package io.bowline.raft.storage;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Entries for tests, and what they look like when they are read back. */
final class Entries {
  private Entries() {}

  /** {@code count} entries of one term whose payloads are {@code bytes} long and all different. */
  static EntryBatch batch(long first, long term, int count, int bytes) {
    EntryBatch.Builder builder =
        EntryBatch.builder(new EntryId(first, term), count, (long) count * bytes, first * 1000);
    for (int i = 0; i < count; i++) {
      builder.add(EntryType.COMMAND, payload(first + i, term, bytes));
    }
    return builder.build();
  }

  private static byte[] payload(long index, long term, int bytes) {
    byte[] payload = new byte[bytes];
    byte[] text = (index + "@" + term).getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < bytes; i++) {
      payload[i] = text[i % text.length];
    }
    return payload;
  }

  /** Each entry as {@code index@term:length}. */
  static List<String> texts(EntryBatch batch) {
    List<String> texts = new ArrayList<>();
    EntryBatch.Cursor cursor = batch.cursor();
    while (cursor.next()) {
      EntryId id = new EntryId(cursor.index(), cursor.term());
      texts.add(id + ":" + cursor.payload().remaining());
    }
    return texts;
  }
}
