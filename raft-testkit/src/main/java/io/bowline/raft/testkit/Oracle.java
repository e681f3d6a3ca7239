package io.bowline.raft.testkit;

import io.bowline.raft.testkit.linearizability.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the model says at each index of the log: every state that a key ever had, so that an answer
 * can be checked as of the index that it names.
 */
final class Oracle<S, C, R> {
  /** The state of a key from some entry on. */
  private record Version<S>(long index, S state) {}

  private final Model<S, Request<C>, R> model;
  private final Map<Object, List<Version<S>>> keys = new LinkedHashMap<>();

  Oracle(Model<S, Request<C>, R> model) {
    this.model = model;
  }

  /** None if the application has no model. */
  static <C, R> @Nullable Oracle<?, C, R> of(@Nullable Model<?, Request<C>, R> model) {
    return model == null ? null : capture(model);
  }

  private static <S, C, R> Oracle<S, C, R> capture(Model<S, Request<C>, R> model) {
    return new Oracle<>(model);
  }

  /**
   * A command took effect at an index behind all before it.
   *
   * @return whether the reply is what it must be
   */
  boolean applied(long index, Request<C> command, R reply) {
    List<Version<S>> versions = keys.computeIfAbsent(model.key(command), k -> new ArrayList<>());
    S before = versions.isEmpty() ? model.initial() : versions.get(versions.size() - 1).state();
    S after = model.step(before, command, reply);
    if (after == null) {
      return false;
    }
    versions.add(new Version<>(index, after));
    return true;
  }

  /** Whether a query may be answered so, as of that index. */
  boolean mayAnswer(long index, Request<C> query, R reply) {
    return model.step(stateAt(model.key(query), index), query, reply) != null;
  }

  /** The state of a key after all entries up to that index. */
  S stateAt(Object key, long index) {
    List<Version<S>> versions = keys.getOrDefault(key, List.of());
    int low = 0;
    int high = versions.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (versions.get(middle).index() <= index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? model.initial() : versions.get(low - 1).state();
  }
}
