package io.bowline.raft.grpc;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the transports of this process warn of, or another class, while it is open. */
final class Warnings extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final Logger logger;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  Warnings() {
    this(GrpcTransport.class);
  }

  Warnings(Class<?> of) {
    logger = (Logger) LoggerFactory.getLogger(of);
    start();
    logger.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLevel() == Level.WARN) {
      lines.add(event.getFormattedMessage() + " " + event.getKeyValuePairs());
    }
  }

  /** Those that hold all of the words. */
  List<String> of(String... words) {
    return lines.stream().filter(line -> List.of(words).stream().allMatch(line::contains)).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    stop();
  }
}
