package io.bowline.raft.testkit;

import io.bowline.raft.model.Codec;
import io.bowline.raft.testkit.linearizability.Model;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What runs over a simulated cluster: a state machine with its codecs, what clients ask of it, and
 * what must be true of the answers. One object may serve several runs at once, on several threads:
 * it holds no state of a run.
 *
 * @param <C> the commands and queries
 * @param <R> the replies
 */
public interface Application<C, R> {
  /** As it will be in production: each command and query is encoded and decoded. */
  Codec<C> commands();

  /** Equal replies must have equal bytes: that is how they are compared. */
  Codec<R> replies();

  /** A new and empty state machine, for one life of one node. */
  Replica<C, R> replica();

  /**
   * What a client asks for next.
   *
   * @param random decides it, and nothing else does
   * @param serial of the request, from 1, over all clients of the run
   */
  C command(RandomGenerator random, long serial);

  /**
   * What a client asks without changing anything.
   *
   * @param random decides it, and nothing else does
   * @return {@code null} (the default) if there are no queries: a command is asked instead
   */
  default @Nullable C query(RandomGenerator random) {
    return null;
  }

  /**
   * What the service does if it is asked one thing after the other. With it each answer is checked
   * where the log has its place, and on a share of the seeds the history that clients saw is
   * searched for an order that explains it, without looking into the nodes.
   *
   * @return {@code null} (the default) if there is none: then replicas are compared with each other
   *     and the invariant is looked at
   */
  default @Nullable Model<?, Request<C>, R> model() {
    return null;
  }

  /**
   * What must hold when everything is healed and has come to rest: of what clients were told and of
   * what the replicas hold.
   *
   * @throws AssertionError or any unchecked exception if it does not: the run fails
   */
  default void checkEnd(RunEnd<C, R> end) {}
}
