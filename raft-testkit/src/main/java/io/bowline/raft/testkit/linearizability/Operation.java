package io.bowline.raft.testkit.linearizability;

import org.jspecify.annotations.Nullable;

/**
 * What one client asked once, and what it was told. Times are of one clock, or positions in one
 * recording: only their order counts, and equal ones count as at once.
 *
 * @param client who asked, for the reader
 * @param input what was asked
 * @param output what was answered; {@code null} if nobody knows, then it may take effect at any
 *     time from its call on, or never
 * @param invoked when it was asked
 * @param returned when it was answered; {@link #NEVER} if it was not
 * @param hint where somebody believes that it took effect, ascending along the order; 0 for none.
 *     It decides what the search tries first and never what it finds
 * @param <I> what is asked
 * @param <O> what is answered
 */
public record Operation<I, O>(
    int client, I input, @Nullable O output, long invoked, long returned, long hint) {

  /** The return of what never returned. */
  public static final long NEVER = Long.MAX_VALUE;

  /**
   * Checks the times.
   *
   * @throws IllegalArgumentException if it returns before its call, or has a return without an
   *     answer or an answer without a return
   */
  public Operation {
    if (returned < invoked || (output == null) != (returned == NEVER)) {
      throw new IllegalArgumentException(
          input + " asked at " + invoked + " cannot return " + output + " at " + returned);
    }
  }

  /** One that was answered. */
  public static <I, O> Operation<I, O> completed(
      int client, I input, O output, long invoked, long returned) {
    return new Operation<>(client, input, output, invoked, returned, 0);
  }

  /** One whose outcome nobody knows. */
  public static <I, O> Operation<I, O> unknown(int client, I input, long invoked) {
    return new Operation<>(client, input, null, invoked, NEVER, 0);
  }

  /** Whether its outcome is known. */
  public boolean isKnown() {
    return output != null;
  }

  /** The same as if its client had died before the answer came. */
  public Operation<I, O> forgotten() {
    return isKnown() ? new Operation<>(client, input, null, invoked, NEVER, hint) : this;
  }

  @Override
  public String toString() {
    String end = isKnown() ? " -> " + output + " (" + invoked + " to " + returned + ")" : "";
    return "client " + client + ": " + input + (isKnown() ? end : " -> ? (from " + invoked + ")");
  }
}
