package io.bowline.raft;

/**
 * What is replicated (Raft paper §2): deterministic, and called by one thread at a time. The same
 * commands in the same order must give the same state and the same replies on every replica, so no
 * clock, no random number and nothing else of the machine may decide anything; use {@link
 * CommittedBatch#timeNanos()} for time.
 *
 * @param <C> a command or query
 * @param <R> a reply
 */
public interface StateMachine<C, R> {
  /**
   * Applies committed commands, in order: calls {@link CommittedBatch#next()} until it returns
   * false, and {@link CommittedBatch#reply} exactly once for each.
   *
   * <p>Outcomes of a batch are told when it has returned. It may take long, but what waits behind
   * it is refused when it would be out of time; an interrupt flag that it sets is cleared.
   *
   * @param batch valid during the call only
   * @throws Exception halts this node, and every replica alike, at this index: no entry is skipped
   *     (docs/concepts/state-machine.md says the way out)
   */
  void apply(CommittedBatch<C, R> batch) throws Exception;

  /**
   * Answers a query and changes nothing; called between batches.
   *
   * @param query what is asked
   * @return the answer
   * @throws Exception ends the read as refused; the node goes on, also after an error other than a
   *     lack of memory
   */
  R query(C query) throws Exception;
}
