package io.bowline.raft.testkit;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * A state machine on one simulated node, from one start of its process to the next: the machine
 * that ships, and what the simulator may ask of it. Called on the simulation's thread.
 *
 * @param <C> a command or query
 * @param <R> a reply
 */
public interface Replica<C, R> extends StateMachine<C, R> {
  /**
   * A hash of the whole state, asked after each reply: nodes that have applied the same must have
   * the same, so no identity hash and no order of a hash map may enter.
   *
   * @return by default 0: then replies alone are compared
   */
  default long stateHash() {
    return 0;
  }

  /**
   * What must hold in each state, looked at after each reply and whenever a query was answered.
   *
   * @throws AssertionError or any other exception if it does not: the run fails
   */
  default void checkInvariant() {}

  /**
   * A replica made of a state machine.
   *
   * @param machine what ships
   * @param hash as {@link #stateHash()}
   * @param invariant as {@link #checkInvariant()}
   */
  static <C, R, M extends StateMachine<C, R>> Replica<C, R> of(
      M machine, ToLongFunction<? super M> hash, Consumer<? super M> invariant) {
    return new Replica<>() {
      @Override
      public void apply(CommittedBatch<C, R> batch) throws Exception {
        machine.apply(batch);
      }

      @Override
      public R query(C query) throws Exception {
        return machine.query(query);
      }

      @Override
      public long stateHash() {
        return hash.applyAsLong(machine);
      }

      @Override
      public void checkInvariant() {
        invariant.accept(machine);
      }
    };
  }
}
