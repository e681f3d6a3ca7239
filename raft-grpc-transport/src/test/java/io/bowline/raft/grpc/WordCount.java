package io.bowline.raft.grpc;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;
import java.util.HashMap;
import java.util.Map;

/** How often each word came. */
final class WordCount implements StateMachine<String, Long> {
  private final Map<String, Long> counts = new HashMap<>();

  @Override
  public void apply(CommittedBatch<String, Long> batch) {
    while (batch.next()) {
      batch.reply(counts.merge(batch.command(), 1L, Long::sum));
    }
  }

  @Override
  public Long query(String word) {
    return counts.getOrDefault(word, 0L);
  }
}
