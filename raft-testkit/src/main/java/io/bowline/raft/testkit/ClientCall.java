package io.bowline.raft.testkit;

import org.jspecify.annotations.Nullable;

/**
 * What one client asked, and what it was told. Times are ns of true time since the beginning of the
 * run.
 *
 * @param request the command or query
 * @param machine whose client: below the number of nodes it is who runs that node and asks it
 *     directly, without a session and without a retry; above it is a client with a session
 * @param askedNanos when it was asked
 * @param endedNanos when it ended; 0 if it never did
 * @param ending what its client knows
 * @param index where it took effect, or as of which a query was answered; 0 if nobody was told
 * @param reply what was answered; {@code null} if nothing was
 * @param <C> the commands and queries
 * @param <R> the replies
 */
public record ClientCall<C, R>(
    Request<C> request,
    int machine,
    long askedNanos,
    long endedNanos,
    Ending ending,
    long index,
    @Nullable R reply) {

  /** What a client knows of its call in the end. */
  public enum Ending {
    /** It took effect, once, and this is its reply. */
    ACKNOWLEDGED,
    /** It had no effect and never will have. */
    REFUSED,
    /** It may have taken effect: it timed out, or who asked did not live to hear of it. */
    UNKNOWN
  }

  /** Whether it is a command that was acknowledged. */
  public boolean isAcknowledgedCommand() {
    return !request.query() && ending == Ending.ACKNOWLEDGED;
  }

  /** Whether it is a query that was answered. */
  public boolean isAnsweredQuery() {
    return request.query() && ending == Ending.ACKNOWLEDGED;
  }

  /** Whether it is a command that certainly never takes effect. */
  public boolean isRefusedCommand() {
    return !request.query() && ending == Ending.REFUSED;
  }
}
