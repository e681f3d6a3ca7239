package io.bowline.raft.client;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A logger that cannot hurt: a line that is lost is no reason to lose an outcome. */
final class ClientLog {
  private final Logger logger;

  private ClientLog(Logger logger) {
    this.logger = logger;
  }

  static ClientLog of(Class<?> owner) {
    return new ClientLog(LoggerFactory.getLogger(owner));
  }

  /** The same over any logger. */
  static ClientLog over(Logger logger) {
    return new ClientLog(logger);
  }

  void error(Throwable cause, String message) {
    log(Level.ERROR, cause, message);
  }

  void warn(@Nullable Throwable cause, String message) {
    log(Level.WARN, cause, message);
  }

  private void log(Level level, @Nullable Throwable cause, String message) {
    try {
      logger.atLevel(level).setCause(cause).log(message);
    } catch (RuntimeException | Error lost) {
      // there is nobody to tell
    }
  }
}
