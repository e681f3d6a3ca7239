package io.bowline.raft.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A part of an array is as good as an array of its own. */
class PayloadTest {
  private static final byte[] LETTERS = {'a', 'b', 'c', 'd', 'e'};
  private static final Payload PART = Payload.of(LETTERS, 1, 3);
  private static final Payload OWN = Payload.of(new byte[] {'b', 'c', 'd'});

  @Test
  void equalBytesAreEqualWhereverTheyLie() {
    assertThat(PART).isEqualTo(OWN).hasSameHashCodeAs(OWN);
    assertThat(PART).isNotEqualTo(Payload.of(LETTERS, 0, 3));
    assertThat(PART).isNotEqualTo(Payload.of(LETTERS, 1, 2));
    assertThat(Payload.of(LETTERS, 2, 0)).isEqualTo(Payload.EMPTY);
  }

  @Test
  void aViewShowsThePartAndNothingElse() {
    ByteBuffer view = PART.view();

    assertThat(view.isReadOnly()).isTrue();
    assertThat(view.position()).isZero();
    assertThat(view.capacity()).isEqualTo(3);
    assertThat(view.get(0)).isEqualTo((byte) 'b');
    assertThat(PART.length()).isEqualTo(3);
  }

  @Test
  void itIsHandedOverWithoutACopy() {
    List<byte[]> arrays = new ArrayList<>();
    List<byte[]> parts = new ArrayList<>();
    PART.writeTo(
        (bytes, offset, length) -> {
          arrays.add(bytes);
          parts.add(Arrays.copyOfRange(bytes, offset, offset + length));
        });

    assertThat(arrays).singleElement().isSameAs(LETTERS);
    assertThat(parts).containsExactly(new byte[] {'b', 'c', 'd'});
  }

  @Test
  void aPartBeyondTheArrayIsRefused() {
    assertThatThrownBy(() -> Payload.of(LETTERS, 3, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Payload.of(LETTERS, -1, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
