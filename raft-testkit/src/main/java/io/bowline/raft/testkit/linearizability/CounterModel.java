package io.bowline.raft.testkit.linearizability;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** See {@link Models#counter}. */
final class CounterModel implements Model<Long, Call, String> {
  private final boolean grows;

  CounterModel() {
    this(false);
  }

  private CounterModel(boolean grows) {
    this.grows = grows;
  }

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
  public CounterModel informed(List<Operation<Call, String>> history) {
    return new CounterModel(history.stream().allMatch(op -> amount(op.input()) >= 0));
  }

  private long amount(Call call) {
    return isRead(call) ? 0 : Long.parseLong(call.argument(0));
  }

  @Override
  public boolean mayStillAnswer(Long state, Call call, String output) {
    return !grows || state + amount(call) <= Long.parseLong(output);
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
