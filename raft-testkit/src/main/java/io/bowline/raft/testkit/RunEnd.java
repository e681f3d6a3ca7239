package io.bowline.raft.testkit;

import java.util.List;

/**
 * A run that has come to rest: nobody asks any more, each call has ended, and what was healed has
 * applied all that was committed.
 *
 * @param calls of all clients, in the order in which they were asked
 * @param replicas the state machines of the nodes that were healed
 * @param faults that struck
 * @param <C> the commands and queries
 * @param <R> the replies
 */
public record RunEnd<C, R>(
    List<ClientCall<C, R>> calls, List<Replica<C, R>> replicas, FaultSchedule faults) {
  /** Copies the lists. */
  public RunEnd {
    calls = List.copyOf(calls);
    replicas = List.copyOf(replicas);
  }

  /** What each replica answers to a query, asked directly. */
  public List<R> answers(C query) {
    return replicas.stream().map(replica -> answer(replica, query)).toList();
  }

  private static <C, R> R answer(Replica<C, R> replica, C query) {
    try {
      return replica.query(query);
    } catch (Exception e) {
      throw new IllegalStateException("a replica at rest does not answer " + query, e);
    }
  }

  /** The commands that were acknowledged. */
  public List<C> acknowledged() {
    return commands(ClientCall.Ending.ACKNOWLEDGED);
  }

  /** The commands that certainly never took effect. */
  public List<C> refused() {
    return commands(ClientCall.Ending.REFUSED);
  }

  /** The commands of which their clients do not know whether they took effect. */
  public List<C> unknown() {
    return commands(ClientCall.Ending.UNKNOWN);
  }

  private List<C> commands(ClientCall.Ending ending) {
    return calls.stream()
        .filter(call -> call.ending() == ending && !call.request().query())
        .map(call -> call.request().value())
        .toList();
  }
}
