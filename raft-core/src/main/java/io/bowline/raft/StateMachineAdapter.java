package io.bowline.raft;

import io.bowline.raft.model.Codec;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.runtime.Applier;
import io.bowline.raft.runtime.ApplyCursor;
import io.bowline.raft.runtime.Foreign;
import org.jspecify.annotations.Nullable;

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

  /**
   * Tries a command's bytes before they are proposed: what no replica could decode would halt every
   * one of them, for ever. The value is thrown away; replicas apply what they decode from the log.
   *
   * @return why it cannot be proposed; null if it can
   */
  @Nullable Refusal undecodable(Payload command) {
    boolean interrupted = Thread.currentThread().isInterrupted();
    try {
      if (commands.decode(command.view()) != null) {
        return null;
      }
      return new Refusal.Invalid("the codec decodes the command to null");
    } catch (Throwable e) {
      requireBearable(e);
      return new Refusal.Invalid("the codec does not decode the command: " + e);
    } finally {
      Foreign.clean(interrupted); // what the codec leaves on the thread of who asks
    }
  }

  /** Why a read was not answered: what a query throws is that read's affair alone. */
  static Refusal queryThrew(Throwable thrown) {
    requireBearable(thrown);
    return new Refusal.Invalid("the query threw " + thrown);
  }

  private static void requireBearable(Throwable thrown) {
    if (thrown instanceof Error error && Foreign.isFatal(error)) {
      throw error;
    }
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
