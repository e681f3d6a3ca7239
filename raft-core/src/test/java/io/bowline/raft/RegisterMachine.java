package io.bowline.raft;

/** Adds up what it is given; the reply is the sum so far. "boom" throws. */
final class RegisterMachine implements StateMachine<String, Long> {
  private long sum;

  @Override
  public void apply(CommittedBatch<String, Long> batch) {
    while (batch.next()) {
      String command = batch.command();
      if (command.equals("boom")) {
        throw new IllegalStateException("the machine refuses " + command);
      }
      if (!command.equals("silent")) {
        sum += Long.parseLong(command);
        batch.reply(sum);
      }
    }
  }

  @Override
  public Long query(String query) {
    if (query.equals("boom")) {
      throw new IllegalStateException("no such query");
    }
    return sum;
  }
}
