package io.bowline.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** One read of a file whose content is known. */
final class ReadCheck {
  private static final int BEFORE = 5;
  private static final int BEHIND = 7;

  private ReadCheck() {}

  /** Reads so many bytes into the middle of a buffer; how many the file had. */
  static int requireRead(DiskFile file, byte[] content, int at, int length) throws IOException {
    int end = BEFORE + length;
    ByteBuffer read = ByteBuffer.allocate(end + BEHIND).position(BEFORE).limit(end);
    int expected = Math.min(length, content.length - at);
    assertThat(file.read(read, at)).isEqualTo(expected);
    assertThat(read.position()).isEqualTo(BEFORE + expected);
    assertThat(read.limit()).isEqualTo(end);
    assertThat(Arrays.equals(read.array(), BEFORE, BEFORE + expected, content, at, at + expected))
        .as("%d bytes at %d of %d", length, at, content.length)
        .isTrue();
    return expected;
  }
}
