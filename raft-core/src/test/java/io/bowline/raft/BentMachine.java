package io.bowline.raft;

import io.bowline.raft.model.Codec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A state machine and its codecs, counting commands, each of whose methods a test may bend: what is
 * hung up under a seam's name is run when the seam is passed, until it is taken down.
 */
final class BentMachine implements StateMachine<String, Long> {
  private final Map<String, Runnable> bends = new ConcurrentHashMap<>();
  private long count;

  void bend(String seam, Runnable what) {
    bends.put(seam, what);
  }

  void mend(String seam) {
    bends.remove(seam);
  }

  void pass(String seam) {
    Runnable bend = bends.get(seam);
    if (bend != null) {
      bend.run();
    }
  }

  @Override
  public void apply(CommittedBatch<String, Long> batch) {
    while (batch.next()) {
      String command = batch.command();
      pass("StateMachine.apply");
      pass("apply " + command);
      count++;
      batch.reply(count);
      if (command.equals("twice")) {
        batch.reply(count);
      }
    }
  }

  @Override
  public Long query(String query) {
    pass("StateMachine.query");
    pass("query " + query);
    return count;
  }

  Codec<String> commands() {
    return new Codec<>() {
      @Override
      public byte[] encode(String value) {
        pass("commands.encode");
        return value.getBytes(StandardCharsets.UTF_8);
      }

      @Override
      public String decode(ByteBuffer bytes) {
        pass("commands.decode");
        return StandardCharsets.UTF_8.decode(bytes).toString();
      }
    };
  }

  Codec<Long> replies() {
    return new Codec<>() {
      @Override
      public byte[] encode(Long value) {
        pass("replies.encode");
        return Codec.int64().encode(value);
      }

      @Override
      public Long decode(ByteBuffer bytes) {
        pass("replies.decode");
        return Codec.int64().decode(bytes);
      }
    };
  }
}
