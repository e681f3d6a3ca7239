package io.bowline.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaftConfigTest {
  @Test
  void everyProblemIsSaidAtOnceWithFieldValueAndRange() {
    RaftConfig.Builder builder =
        RaftConfig.builder()
            .heartbeatInterval(Duration.ofMillis(50))
            .electionTimeout(Duration.ofMillis(20))
            .maxCommandBytes(0)
            .maxWaitingReads(-1);

    assertThatThrownBy(builder::build)
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "electionTimeout=PT0.02S is under 3 heartbeats of PT0.05S: a lost packet"
                            + " starts an election; use PT0.15S",
                        "maxCommandBytes=0 is not within 1 to 67108800",
                        "maxWaitingReads=-1 is not within 1 to 16777216"))
        .hasMessageStartingWith("3 problems in RaftConfig: ");
  }

  @Test
  void limitsThatExcludeOneAnotherAreRefused() {
    assertThatThrownBy(
            () -> RaftConfig.builder().maxInflightBytes(8 << 10).maxBatchBytes(16 << 10).build())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("maxInflightBytes=8192 is under maxBatchBytes=16384");
  }

  @Test
  void theDefaultsAreTheDocumentedOnes() {
    RaftConfig config = RaftConfig.defaults();

    assertThat(config.heartbeatInterval()).isEqualTo(Duration.ofMillis(100));
    assertThat(config.electionTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.preVote()).isTrue();
    assertThat(config.checkQuorum()).isTrue();
  }

  @Test
  void everyFieldHasItsRowInTheConfigurationPage() throws Exception {
    List<String> rows =
        Files.readAllLines(Path.of("..", "docs", "operations", "configuration.md")).stream()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .toList();

    List<String> fields =
        Arrays.stream(RaftConfig.class.getRecordComponents()).map(c -> c.getName()).toList();
    assertThat(rows).containsExactlyElementsOf(fields);
  }
}
