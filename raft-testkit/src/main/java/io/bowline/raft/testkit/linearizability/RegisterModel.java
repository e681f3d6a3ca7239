package io.bowline.raft.testkit.linearizability;

import org.jspecify.annotations.Nullable;

/** See {@link Models#register} and {@link Models#compareAndSet}. */
record RegisterModel(String initial) implements Model<String, Call, String> {
  @Override
  public Object key(Call call) {
    return call.key();
  }

  @Override
  public boolean isRead(Call call) {
    return call.name().equals("read");
  }

  @Override
  public @Nullable String step(String state, Call call, @Nullable String output) {
    return switch (call.name()) {
      case "read" -> output == null || output.equals(state) ? state : null;
      case "write" -> output == null || output.equals(Models.OK) ? call.argument(0) : null;
      case "cas" -> compareAndSet(state, call, output);
      default -> throw new IllegalArgumentException("a register knows no " + call);
    };
  }

  private static @Nullable String compareAndSet(String state, Call call, @Nullable String output) {
    boolean holds = call.argument(0).equals(state);
    if (output != null && !output.equals(holds ? Models.OK : Models.NO)) {
      return null;
    }
    return holds ? call.argument(1) : state;
  }
}
