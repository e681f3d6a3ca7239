package io.bowline.raft.runtime;

import io.bowline.raft.core.Effect;
import io.bowline.raft.model.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Messages that are promises and wait for their write (STORAGE O4). One that speaks for a term that
 * is over is dropped. Of several append replies of one session that one fsync sets free, only the
 * last is sent: it says all that the others would.
 */
final class HeldSends {
  private final List<Effect.Send> held = new ArrayList<>();
  private final Consumer<Effect.Send> out;
  private long durableWrite;
  private long term;

  HeldSends(Consumer<Effect.Send> out) {
    this.out = out;
  }

  void send(Effect.Send send) {
    if (send.afterWrite() <= durableWrite) {
      out.accept(send);
    } else {
      held.add(send);
    }
  }

  void term(long current) {
    term = current;
  }

  /** All writes up to that one are durable. */
  void durable(long write) {
    durableWrite = Math.max(durableWrite, write);
    if (held.isEmpty()) {
      return;
    }
    List<Effect.Send> free = new ArrayList<>(held.size());
    held.removeIf(
        send -> {
          if (send.afterWrite() > durableWrite) {
            return false;
          }
          free.add(send);
          return true;
        });
    for (int i = 0; i < free.size(); i++) {
      Effect.Send send = free.get(i);
      if (send.message().term() >= term && !isSaidBetter(send, free, i + 1)) {
        out.accept(send);
      }
    }
  }

  private static boolean isSaidBetter(Effect.Send send, List<Effect.Send> free, int from) {
    if (!(send.message() instanceof Message.AppendReply reply) || !reply.matched()) {
      return false;
    }
    for (int i = from; i < free.size(); i++) {
      if (free.get(i).message() instanceof Message.AppendReply later
          && later.matched()
          && later.session() == reply.session()
          && later.term() == reply.term()
          && later.matchIndex() >= reply.matchIndex()
          && free.get(i).to().equals(send.to())) {
        return true;
      }
    }
    return false;
  }

  /** The node ends: no promise leaves any more. */
  void clear() {
    held.clear();
  }
}
