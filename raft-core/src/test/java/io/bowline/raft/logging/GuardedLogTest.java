package io.bowline.raft.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** A logger is foreign code: what it throws costs the line. */
class GuardedLogTest {
  /** As slf4j 1.7 had it. */
  private interface OldLogger {
    @SuppressWarnings("unused") // found, or not, by its name
    void info(String message);
  }

  @Test
  void aLoggerThatThrowsCostsItsLine() {
    for (Error thrown : List.of(new NoSuchMethodError("atInfo"), new OutOfMemoryError())) {
      Logger logger =
          (Logger)
              Proxy.newProxyInstance(
                  Logger.class.getClassLoader(),
                  new Class<?>[] {Logger.class},
                  (self, method, arguments) -> {
                    Thread.currentThread().interrupt();
                    throw thrown;
                  });

      GuardedLog.over(logger).error(thrown, "node halted", "group", "g", "leader", null);

      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  @Test
  void anOldSlf4jIsRefusedInWords() {
    assertThat(GuardedLog.unusable(OldLogger.class))
        .contains("older than 2.0")
        .contains("use slf4j");
    assertThat(GuardedLog.unusable(Logger.class)).isNull();
  }
}
