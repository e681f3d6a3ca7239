package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pump survives what is thrown at it, or ends with its stream; it never takes in silence. */
class OutboxTest {
  private static final class Exit implements Outbox.Exit<String> {
    final List<String> sent = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void transmit(List<String> batch) {
      for (String item : batch) {
        if (item.equals("error")) {
          throw new StackOverflowError("while it is encoded");
        } else if (item.equals("memory")) {
          throw new OutOfMemoryError("while it is encoded");
        } else if (item.equals("exception")) {
          throw new IllegalArgumentException("while it is encoded");
        }
        sent.add(item);
      }
    }

    @Override
    public void failed(Throwable why) {
      failures.add(why);
    }
  }

  private final Exit exit = new Exit();
  private final Outbox<String> outbox = new Outbox<>(1_000, 1_000, String::length, exit);

  @Test
  void whateverIsThrownWhileAMessageIsEncodedEndsTheStream() {
    for (String thrown : List.of("error", "memory", "exception")) {
      Exit bad = new Exit();
      Outbox<String> box = new Outbox<>(1_000, 1_000, String::length, bad);
      box.offer("before");

      box.offer(thrown);

      assertThat(bad.sent).containsExactly("before");
      assertThat(bad.failures)
          .singleElement()
          .returns("while it is encoded", Throwable::getMessage);
      assertThat(box.offer("after")).as("taken after %s", thrown).isFalse();
      assertThat(box.abandon(() -> {})).as("there is something left to end").isFalse();
    }
  }

  @Test
  void whatIsDroppedIsNotSentAndWhatComesAfterwardsIs() {
    outbox.hold();
    outbox.offer("dropped");
    outbox.drop();
    outbox.add(List.of("last words"));
    outbox.release();

    assertThat(exit.sent).containsExactly("last words");
    assertThat(outbox.queuedBytes()).isZero();
  }

  @Test
  void aBoxThatEndsSendsWhatWaitsAndIsEndedOnce() {
    List<String> ends = new ArrayList<>();
    outbox.hold();
    outbox.offer("waits");

    assertThat(outbox.finish(() -> ends.add("first"))).isTrue();
    assertThat(outbox.finish(() -> ends.add("second"))).isTrue();
    outbox.release();

    assertThat(exit.sent).containsExactly("waits");
    assertThat(ends).containsExactly("first");
  }
}
