package io.bowline.raft.logging;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A logger that cannot hurt: what is behind slf4j is not ours and may throw, and a line that is
 * lost is no reason to stop a stage or to lose an outcome.
 */
public final class GuardedLog {
  private final Logger logger;

  private GuardedLog(Logger logger) {
    this.logger = logger;
  }

  /** The log of that class. */
  public static GuardedLog of(Class<?> owner) {
    return new GuardedLog(LoggerFactory.getLogger(owner));
  }

  /** The same over any logger. */
  static GuardedLog over(Logger logger) {
    return new GuardedLog(logger);
  }

  /**
   * Why that slf4j cannot be used, null if it can: without {@code atInfo} each of our lines would
   * be a NoSuchMethodError.
   */
  public static @Nullable String unusable(Class<?> loggerType) {
    try {
      loggerType.getMethod("atInfo");
      return null;
    } catch (NoSuchMethodException e) {
      return "the slf4j on the class path is older than 2.0 ("
          + loggerType.getName()
          + " has no atInfo): use slf4j-api 2.0 or newer and a binding made for it";
    }
  }

  /** The node stops serving; {@code facts} are keys and their values in turn. */
  public void error(@Nullable Throwable cause, String message, @Nullable Object... facts) {
    log(Level.ERROR, cause, message, facts);
  }

  /** It still serves, but somebody should look. */
  public void warn(@Nullable Throwable cause, String message, @Nullable Object... facts) {
    log(Level.WARN, cause, message, facts);
  }

  /** Role, start and stop: a few an hour. */
  public void info(String message, @Nullable Object... facts) {
    log(Level.INFO, null, message, facts);
  }

  /** For who looks into a host. */
  public void debug(String message, @Nullable Object... facts) {
    log(Level.DEBUG, null, message, facts);
  }

  private void log(
      Level level, @Nullable Throwable cause, String message, @Nullable Object[] facts) {
    boolean interrupted = Thread.currentThread().isInterrupted();
    try {
      LoggingEventBuilder event = logger.atLevel(level);
      for (int i = 0; i + 1 < facts.length; i += 2) {
        event = event.addKeyValue(String.valueOf(facts[i]), facts[i + 1]);
      }
      event.setCause(cause).log(message);
    } catch (Throwable lost) { // there is nobody to tell: the work goes on
      clean(interrupted);
      return;
    }
    clean(interrupted);
  }

  /** A flag that the logger left would close the next file that this thread reads. */
  private static void clean(boolean interruptedBefore) {
    if (!interruptedBefore) {
      boolean unused = Thread.interrupted();
    }
  }
}
