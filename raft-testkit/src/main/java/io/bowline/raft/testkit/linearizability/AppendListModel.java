package io.bowline.raft.testkit.linearizability;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** See {@link Models#appendList}. Its state is the text that a read gives. */
final class AppendListModel implements Model<String, Call, String> {
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
    return call.name().equals("read");
  }

  @Override
  public @Nullable String step(String state, Call call, @Nullable String output) {
    return switch (call.name()) {
      case "read" -> output == null || output.equals(state) ? state : null;
      case "append" -> {
        String after = state + call.argument(0) + ",";
        yield output == null || Long.parseLong(output) == length(after) ? after : null;
      }
      default -> throw new IllegalArgumentException("a list knows no " + call);
    };
  }

  private static long length(String list) {
    return list.chars().filter(c -> c == ',').count();
  }

  /** Nothing is ever taken out: the longest list read says what was appended, in which order. */
  @Override
  public Predicate<String> reachable(List<String> outputs) {
    String longest = "";
    for (String output : outputs) {
      longest = output.endsWith(",") && output.length() > longest.length() ? output : longest;
    }
    String read = longest;
    return state -> read.startsWith(state) || state.startsWith(read);
  }
}
