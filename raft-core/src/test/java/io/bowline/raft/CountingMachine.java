package io.bowline.raft;

import java.util.function.Consumer;

/** Counts commands; a test bends what it does with one. */
final class CountingMachine implements StateMachine<String, Long> {
  volatile Consumer<String> onApply = command -> {};
  volatile Consumer<String> onQuery = query -> {};
  private long count;

  @Override
  public void apply(CommittedBatch<String, Long> batch) {
    while (batch.next()) {
      onApply.accept(batch.command());
      count++;
      batch.reply(count);
    }
  }

  @Override
  public Long query(String query) {
    onQuery.accept(query);
    return count;
  }
}
