package io.bowline.raft;

import io.bowline.raft.model.Codec;
import io.bowline.raft.model.Payload;
import io.bowline.raft.runtime.Applier;
import io.bowline.raft.runtime.ApplyCursor;

/** The embedder's state machine and codecs, as the runtime asks for them. */
record StateMachineAdapter<C, R>(
    StateMachine<C, R> stateMachine, Codec<C> commands, Codec<R> replies) implements Applier {
  @Override
  public void apply(ApplyCursor cursor) throws Exception {
    stateMachine.apply(new NodeBatch<>(cursor, commands));
  }

  @Override
  @SuppressWarnings("unchecked") // CommittedBatch.reply takes nothing but an R
  public byte[] encodeReply(Object reply) {
    return require(replies.encode((R) reply), "encoded a reply to null");
  }

  byte[] encodeCommand(C command) {
    return require(commands.encode(command), "encoded a command to null");
  }

  R decodeReply(Payload encoded) {
    return replies.decode(encoded.view());
  }

  R query(C query) throws Exception {
    R answer = stateMachine.query(query);
    if (answer == null) {
      throw new IllegalStateException("query returned null: answer something");
    }
    return answer;
  }

  /** A codec is foreign code: what it returns is checked, whatever its signature says. */
  private static byte[] require(byte[] bytes, String what) {
    if (bytes == null) {
      throw new IllegalArgumentException("the codec " + what);
    }
    return bytes;
  }
}
