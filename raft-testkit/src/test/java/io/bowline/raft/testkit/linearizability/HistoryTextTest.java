package io.bowline.raft.testkit.linearizability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A history as people and tools read it. */
class HistoryTextTest {
  private final HistoryText<Call, String> text = HistoryText.ofCalls();

  @Test
  void aCallAndItsReturnAreALineEach() {
    List<Operation<Call, String>> history =
        List.of(
            Operation.completed(0, Call.on("c1", "add", "5"), "5", 10, 30),
            Operation.unknown(1, Call.of("put", "two words"), 20));

    assertThat(text.format(history))
        .isEqualTo("1 client 0 asks c1 add 5\n2 client 1 asks \\\\e put two\\\\swords\n1 gets 5\n");
  }

  @Test
  void whatIsNoHistoryIsRefusedWithItsLine() {
    assertThatThrownBy(() -> text.parse("# fine\n\n1 gets 5\n")).hasMessageContaining("line 3");
    assertThatThrownBy(() -> text.parse("1 client x asks c get\n")).hasMessageContaining("line 1");
    assertThatThrownBy(() -> text.parse("1 client 1 asks c\n")).hasMessageContaining("no call");
    assertThatThrownBy(() -> text.parse("1 client 1 asks c get\n1 gets 1\n1 gets 2\n"))
        .hasMessageContaining("answered twice");
    assertThatThrownBy(() -> text.parse("1 client 1 asks c get\n1 client 1 asks c get\n"))
        .hasMessageContaining("asked twice");
  }

  @Test
  void aRecorderKeepsTheOrderAndLeavesOutWhatHadNoEffect() {
    HistoryRecorder<Call, String> recorder = new HistoryRecorder<>();
    HistoryRecorder<Call, String>.Asked first = recorder.invoked(1, Call.of("write", "a"));
    HistoryRecorder<Call, String>.Asked second = recorder.invoked(2, Call.of("write", "b"));
    recorder.invoked(3, Call.of("read"));
    second.hadNoEffect();
    first.returned("ok");

    assertThat(recorder.history())
        .containsExactly(
            Operation.completed(1, Call.of("write", "a"), "ok", 1, 4),
            Operation.unknown(3, Call.of("read"), 3));
    assertThatThrownBy(() -> first.returned("ok")).isInstanceOf(IllegalStateException.class);
  }
}
