package io.bowline.raft.examples.counter;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import java.util.List;

/** A batch of one command, for counters without a node. */
final class OneCommand implements CommittedBatch<Command, List<Count>> {
  private final Command command;
  private int position;

  OneCommand(Command command) {
    this.command = command;
  }

  @Override
  public boolean next() {
    return position++ == 0;
  }

  @Override
  public long index() {
    return 1;
  }

  @Override
  public long timeNanos() {
    return 0;
  }

  @Override
  public Command command() {
    return command;
  }

  @Override
  public void reply(List<Count> reply) {}
}
