package io.bowline.raft.examples.counter;

import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** How long the bad times of the long tests last: {@code -Dbowline.bad.seconds}. */
final class BadTimes {
  private static final Duration SPAN = Duration.ofSeconds(Long.getLong("bowline.bad.seconds", 30));

  private BadTimes() {}

  /** Lets one pass. */
  static void pass() {
    pass(SPAN);
  }

  static void pass(Duration span) {
    await().pollDelay(span).atMost(span.plusSeconds(10)).until(() -> true);
  }

  /** So many times what is usual, where that was lengthened. */
  static int rounds(int usual) {
    return (int) (usual * Math.max(1, SPAN.toSeconds() / 30));
  }
}
