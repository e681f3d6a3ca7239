package io.bowline.raft.client;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** A logger is foreign code: what it throws costs the line, and never an outcome. */
class ClientLogTest {
  @Test
  void aLoggerThatThrowsCostsItsLine() {
    for (Error thrown : List.of(new NoSuchMethodError("atLevel"), new AssertionError("disk"))) {
      Logger logger =
          (Logger)
              Proxy.newProxyInstance(
                  Logger.class.getClassLoader(),
                  new Class<?>[] {Logger.class},
                  (self, method, arguments) -> {
                    throw thrown;
                  });

      ClientLog log = ClientLog.over(logger);

      assertThatCode(() -> log.warn(null, "a callback is slow")).doesNotThrowAnyException();
      assertThatCode(() -> log.error(thrown, "it broke")).doesNotThrowAnyException();
    }
  }
}
