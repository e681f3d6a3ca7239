package io.bowline.raft.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.ConfigException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RaftClientBuilderTest {
  @Test
  void everyProblemIsNamedAtOnceWithItsValueAndRange() {
    RaftClientBuilder<?, ?> builder =
        RaftClient.builder()
            .timeout(Duration.ZERO)
            .backOff(Duration.ofSeconds(2), Duration.ofSeconds(1))
            .maxInFlight(0);

    assertThatThrownBy(builder::open)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("8 problems in RaftClient: ")
        .hasMessageContaining("group=null")
        .hasMessageContaining("commands=null")
        .hasMessageContaining("replies=null")
        .hasMessageContaining("transport=null")
        .hasMessageContaining("addresses=[] must be at least one host:port")
        .hasMessageContaining("timeout=PT0S is not within PT0.001S to PT24H")
        .hasMessageContaining("backOff=PT2S is over maxBackOff=PT1S")
        .hasMessageContaining("maxInFlight=0 is not within 1 to 1048576");
  }
}
