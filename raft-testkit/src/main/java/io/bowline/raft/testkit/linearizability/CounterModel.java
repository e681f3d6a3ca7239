package io.bowline.raft.testkit.linearizability;

import org.jspecify.annotations.Nullable;

/** See {@link Models#counter}. */
final class CounterModel implements Model<Long, Call, String> {
  @Override
  public Object key(Call call) {
    return call.key();
  }

  @Override
  public Long initial() {
    return 0L;
  }

  @Override
  public boolean isRead(Call call) {
    return call.name().equals("get");
  }

  @Override
  public @Nullable Long step(Long state, Call call, @Nullable String output) {
    Long after =
        switch (call.name()) {
          case "get" -> state;
          case "add" -> state + Long.parseLong(call.argument(0));
          default -> throw new IllegalArgumentException("a counter knows no " + call);
        };
    return output == null || Long.parseLong(output) == after ? after : null;
  }
}
