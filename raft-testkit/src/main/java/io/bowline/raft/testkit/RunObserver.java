package io.bowline.raft.testkit;

/**
 * Looks on at a run, for pictures and tools; changes nothing of it: the same seed has the same hash
 * with an observer and without. Called on the thread that runs, in the order in which things
 * happen. Machines have slots: nodes from 0, clients behind them. Times are ns of true time since
 * the beginning of the run. What is text is formatted for observers only.
 */
public interface RunObserver {
  /** Sees nothing, and costs nothing. */
  RunObserver NONE = new RunObserver() {};

  /**
   * A message was handed to the network.
   *
   * @param id of this message in this run, from 1; a duplicate has one of its own
   * @param type such as {@code AppendEntries} or {@code ClientRequest}
   */
  default void message(long id, long sentNanos, int from, int to, String type, String text) {}

  /** That message has arrived; more than once if it was duplicated. */
  default void delivered(long id, long atNanos) {}

  /** That message will never arrive. */
  default void lost(long id, long atNanos, String why) {}

  /** What a node is from now on: {@code FOLLOWER}, {@code CANDIDATE} or {@code LEADER}. */
  default void role(long atNanos, int slot, String role, long term) {}

  /** How far a node's log goes, and how much of it a loss of power would leave. */
  default void log(long atNanos, int slot, long lastIndex, long lastTerm, long durableIndex) {}

  /** How far a node knows entries to be committed. */
  default void commit(long atNanos, int slot, long index) {}

  /** How far a node's state machine is. */
  default void applied(long atNanos, int slot, long index) {}

  /** A force that began then has ended now. */
  default void forced(long fromNanos, long toNanos, int slot, boolean failed) {}

  /** A process {@code started}, {@code crashed}, {@code paused}, {@code halted} and so on. */
  default void life(long atNanos, int slot, String what) {}

  /** A fault strikes; it is undone then. */
  default void fault(long atNanos, long untilNanos, String text) {}

  /** A call of a client, or of a node's embedder, has ended. */
  default void call(long fromNanos, long toNanos, int client, String text, String outcome) {}

  /** A check has seen what must not be; the run ends. */
  default void failed(SimulationFailure failure) {}
}
