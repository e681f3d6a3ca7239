package io.bowline.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scan of real files gives, however it is read. */
class ScanAheadTest {
  private static final int PIECE = ScanAhead.PIECE_BYTES;
  private static final int PAGE = 4096;

  @TempDir Path directory;
  private final SplittableRandom random = new SplittableRandom(11);

  @Test
  void aScanGivesEachFileWholeInTheirOrder() throws Exception {
    int[] sizes = {PIECE + 1, 0, 1, 4 * PIECE, PAGE, PAGE, 0, 0, PAGE + 1, PIECE, 2 * PIECE - 1};
    for (FileDisk disk : List.of(new FileDisk(), FileDisk.throughPageCache())) {
      List<byte[]> contents = contents(sizes);
      List<Path> files = write(contents);
      List<Path> visited = new ArrayList<>();
      disk.scan(
          files,
          (file, open) -> {
            byte[] expected = contents.get(visited.size());
            visited.add(file);
            assertThat(open.size()).isEqualTo(expected.length);
            assertThat(open.read(ByteBuffer.allocate(10), expected.length)).isZero();
            byte[] read = new byte[expected.length + 5];
            int at = 0;
            while (at < expected.length) {
              int length = Math.min(1 + random.nextInt(3 << 20), read.length - at);
              at += open.read(ByteBuffer.wrap(read, at, length), at);
            }
            assertThat(Arrays.equals(read, 0, at, expected, 0, expected.length)).isTrue();
            assertThat(open.read(ByteBuffer.allocate(10), at)).isZero();
          });
      assertThat(visited).isEqualTo(files);
    }
  }

  @Test
  void aScanMayBeSentAnywhereAndLeaveAFileWhereItLikes() throws Exception {
    List<byte[]> contents = contents(2 * PIECE + 17, 5 * PIECE, 3 * PIECE, 0, PIECE + PAGE);
    for (int round = 0; round < 5; round++) {
      List<byte[]> left = new ArrayList<>(contents);
      new FileDisk()
          .scan(
              write(contents),
              (file, open) -> {
                byte[] expected = left.remove(0);
                int reads = random.nextInt(12);
                int at = 0;
                for (int i = 0; i < reads; i++) {
                  at += ReadCheck.requireRead(open, expected, at, random.nextInt(PIECE / 2));
                  at = random.nextInt(4) > 0 ? at : random.nextInt(expected.length + 1);
                }
              });
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aFileThatHasBecomeShorterIsNamedAndTheNextOneIsReadNevertheless() throws Exception {
    int size = 5 * PIECE + 17;
    List<byte[]> contents = contents(size, PIECE + 1);
    List<Path> files = write(contents);
    ByteBuffer chunk = ByteBuffer.allocate(10);
    List<Path> visited = new ArrayList<>();
    new FileDisk()
        .scan(
            files,
            (file, open) -> {
              if (visited.isEmpty()) {
                truncate(file, PAGE + 1);
                assertThatThrownBy(() -> open.read(chunk.clear(), 4L * PIECE + PAGE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file + " ends before its " + size + " bytes do");
                assertThat(open.read(chunk.clear(), 0)).isEqualTo(10);
                assertThat(Arrays.equals(chunk.array(), 0, 10, contents.get(0), 0, 10)).isTrue();
              } else {
                assertThat(open.read(chunk.clear(), PIECE)).isEqualTo(1);
                assertThat(chunk.get(0)).isEqualTo(contents.get(1)[PIECE]);
              }
              visited.add(file);
            });
    assertThat(visited).isEqualTo(files);
  }

  @Test
  void aFileThatIsMissingEndsTheScanByItsNameAndIsNotSkipped() throws Exception {
    List<Path> files = write(contents(PIECE, PAGE, PAGE));
    Files.delete(files.get(1));
    List<Path> visited = new ArrayList<>();
    Disk.ScanVisitor visitor =
        (file, open) -> {
          visited.add(file);
          assertThat(open.read(ByteBuffer.allocate(PIECE), 0)).isEqualTo(PIECE);
        };
    assertThatThrownBy(() -> new FileDisk().scan(files, visitor))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(files.get(1).toString());
    assertThat(visited).containsExactly(files.get(0));
  }

  @Test
  void aScannedFileIsNotWrittenAndWhatAVisitorThrowsEndsTheScan() throws Exception {
    List<Path> files = write(contents(4 * PIECE, 4 * PIECE));
    IOException enough = new IOException("enough");
    Disk.ScanVisitor visitor =
        (file, open) -> {
          assertThat(open.read(ByteBuffer.allocate(1), 0)).isEqualTo(1);
          requireReadOnly(open);
          throw enough;
        };
    assertThatThrownBy(() -> new FileDisk().scan(files, visitor)).isSameAs(enough);
  }

  private static void requireReadOnly(DiskFile open) {
    assertThatThrownBy(() -> open.write(ByteBuffer.allocate(1), 0))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(open::force).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> open.force(failure -> {}))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private static void truncate(Path file, long size) throws IOException {
    try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
      other.truncate(size);
    }
  }

  private List<byte[]> contents(int... sizes) {
    List<byte[]> contents = new ArrayList<>();
    for (int size : sizes) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      contents.add(bytes);
    }
    return contents;
  }

  private List<Path> write(List<byte[]> contents) throws IOException {
    List<Path> files = new ArrayList<>();
    for (byte[] content : contents) {
      files.add(Files.write(directory.resolve("file" + files.size()), content));
    }
    return files;
  }
}
