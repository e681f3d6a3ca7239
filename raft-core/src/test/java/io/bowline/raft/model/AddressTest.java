package io.bowline.raft.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"host:1", "10.0.0.1:65535", "[::1]:4000", "my_host.example:80", "local:n1"})
  void isAnAddress(String text) {
    assertThat(Address.problem(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "host",
        ":1",
        "host:",
        "http://host:1",
        "host:1/x",
        "a b:1",
        "::1:4000",
        "[]:1",
        "[::1:2",
        "host:0",
        "host:65536",
        "host:99999999999"
      })
  void isNoAddress(String text) {
    assertThat(Address.problem(text)).isNotNull();
  }
}
