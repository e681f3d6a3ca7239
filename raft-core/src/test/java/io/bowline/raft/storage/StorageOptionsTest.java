package io.bowline.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.ConfigException;
import org.junit.jupiter.api.Test;

class StorageOptionsTest {
  @Test
  void theDefaultsAreValid() {
    StorageOptions options = StorageOptions.defaults();
    assertThat(options.segmentBytes()).isEqualTo(64 << 20);
    assertThat(options.blockAlignment()).isEqualTo(512);
  }

  @Test
  void allProblemsAreSaidAtOnce() {
    assertThatThrownBy(() -> new StorageOptions(1000, 1024))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("segmentBytes=1000 is not within 65536 to 1073741824")
        .hasMessageContaining("blockAlignment=1024 is neither 512 nor 4096");
  }
}
