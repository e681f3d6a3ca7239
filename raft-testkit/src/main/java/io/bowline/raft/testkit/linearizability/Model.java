package io.bowline.raft.testkit.linearizability;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a service does if it is asked one thing after the other. Pure functions: called in any order
 * and for many branches of a search.
 *
 * @param <S> the state of one key: immutable, with {@code equals} and {@code hashCode}
 * @param <I> what is asked, with {@code equals} and {@code hashCode}
 * @param <O> what is answered
 */
public interface Model<S, I, O> {
  /**
   * Which part of the service this concerns. Parts are independent of each other and are checked
   * one by one, which is what makes long histories feasible.
   *
   * @return a key with {@code equals} and {@code hashCode}; by default there is one part
   */
  default Object key(I input) {
    return "";
  }

  /** The state of each key before all operations. */
  S initial();

  /**
   * One step.
   *
   * @param output what was answered, or {@code null} if nobody knows
   * @return the state afterwards; {@code null} if that answer is impossible in this state
   */
  @Nullable S step(S state, I input, @Nullable O output);

  /**
   * Whether it changes nothing, in no state: if nobody knows its answer, it says nothing.
   *
   * @return by default false, which is always right and sometimes slow
   */
  default boolean isRead(I input) {
    return false;
  }

  /**
   * The same model when it has seen all operations of one key, before they are searched: it may
   * read out of the answers what {@link #reachable} can use.
   *
   * @return by default this
   */
  default Model<S, I, O> informed(List<Operation<I, O>> history) {
    return this;
  }

  /**
   * Whether some operations, whichever they are, can lead from this state to one in which that is
   * answered so. A counter that only grows never again gives a lower value.
   *
   * @return by default true, which is always right and sometimes slow
   */
  default boolean mayStillAnswer(S state, I input, O output) {
    return true;
  }

  /**
   * What every state on the way must satisfy, given all answers that are known for a key. A search
   * may turn back where it is false, so it must be true for each state of each valid order. For a
   * list that only grows: that the state and the longest list read agree as far as both go.
   *
   * @param outputs of one key's completed operations
   * @return by default nothing is demanded
   */
  default Predicate<S> reachable(List<O> outputs) {
    return state -> true;
  }
}
