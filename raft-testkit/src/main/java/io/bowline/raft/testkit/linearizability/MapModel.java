package io.bowline.raft.testkit.linearizability;

import org.jspecify.annotations.Nullable;

/** See {@link Models#map}. */
final class MapModel implements Model<String, Call, String> {
  @Override
  public Object key(Call call) {
    return call.key();
  }

  @Override
  public String initial() {
    return "";
  }

  @Override
  public boolean isRead(Call call) {
    return call.name().equals("get");
  }

  @Override
  public @Nullable String step(String state, Call call, @Nullable String output) {
    if (isRead(call)) {
      return output == null || output.equals(state) ? state : null;
    }
    if (output != null && !output.equals(Models.OK)) {
      return null;
    }
    return switch (call.name()) {
      case "put" -> call.argument(0);
      case "append" -> state + call.argument(0);
      case "remove" -> "";
      default -> throw new IllegalArgumentException("a map knows no " + call);
    };
  }
}
