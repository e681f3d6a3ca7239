package io.bowline.raft.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real disk: positions, names, locks. */
class FileDiskTest {
  private static final int PAGE = 4096;

  @TempDir Path directory;
  private final FileDisk disk = new FileDisk();

  @Test
  void whatIsWrittenAtAPositionIsReadThere() throws Exception {
    Path file = directory.resolve("a");
    try (DiskFile open = disk.create(file)) {
      open.write(ByteBuffer.wrap("world".getBytes(UTF_8)), 6);
      open.write(ByteBuffer.wrap("hello ".getBytes(UTF_8)), 0);
      List<@Nullable IOException> done = new ArrayList<>();
      open.force(done::add);
      assertThat(done).containsExactly((IOException) null);
      assertThat(open.size()).isEqualTo(11);
    }
    try (DiskFile open = disk.open(file)) {
      ByteBuffer bytes = ByteBuffer.allocate(20);
      assertThat(open.read(bytes, 2)).isEqualTo(9);
      assertThat(new String(bytes.array(), 0, 9, UTF_8)).isEqualTo("llo world");
      assertThat(open.read(bytes, 50)).isZero();
    }
    assertThatThrownBy(() -> disk.create(file)).isInstanceOf(IOException.class);
  }

  @Test
  void aLongReadIsFilledPieceByPiece() throws Exception {
    byte[] bytes = new byte[(3 << 20) + 17];
    new SplittableRandom(1).nextBytes(bytes);
    try (DiskFile open = disk.create(directory.resolve("long"))) {
      open.write(ByteBuffer.wrap(bytes), 0);
      ByteBuffer read = ByteBuffer.allocate(bytes.length + 5);
      assertThat(open.read(read.position(2), 0)).isEqualTo(bytes.length);
      assertThat(read.flip().position(2)).isEqualTo(ByteBuffer.wrap(bytes));
    }
  }

  @Test
  void longReadsGetWhatWasWrittenEitherWayAndWhatTheFileHas() throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    for (FileDisk each : List.of(disk, FileDisk.throughPageCache())) {
      for (int odd : new int[] {0, 1, PAGE - 1}) {
        byte[] bytes = new byte[(2 << 20) + odd];
        random.nextBytes(bytes);
        try (DiskFile open = each.create(directory.resolve("read" + odd + (each == disk)))) {
          open.write(Aligned.direct(1 << 20).put(0, bytes, 0, 1 << 20), 0);
          open.write(ByteBuffer.wrap(bytes, 1 << 20, (1 << 20) + odd), 1 << 20);
          for (int i = 0; i < 60; i++) {
            int at = random.nextInt(bytes.length);
            ReadCheck.requireRead(open, bytes, at, random.nextInt(bytes.length));
          }
          assertThat(open.read(ByteBuffer.allocate(1 << 20), bytes.length)).isZero();
          assertThat(open.read(ByteBuffer.allocate(1 << 20), bytes.length + 2 * PAGE)).isZero();
        }
      }
    }
  }

  @Test
  void wholeUnitsAndOddPiecesMakeOneFile() throws Exception {
    for (FileDisk each : List.of(disk, FileDisk.throughPageCache())) {
      Path file = directory.resolve("mixed" + (each == disk));
      byte[] expected = new byte[5 * PAGE];
      SplittableRandom random = new SplittableRandom(7);
      try (DiskFile open = each.create(file)) {
        for (int i = 0; i < 200; i++) {
          boolean odd = random.nextInt(3) == 0;
          int from = odd ? random.nextInt(4 * PAGE) : random.nextInt(4) * PAGE;
          int length = odd ? 1 + random.nextInt(PAGE) : PAGE;
          ByteBuffer piece = Aligned.direct(length);
          byte[] bytes = new byte[length];
          random.nextBytes(bytes);
          open.write(piece.put(bytes).flip(), from);
          assertThat(piece.hasRemaining()).isFalse();
          System.arraycopy(bytes, 0, expected, from, length);
          ByteBuffer read = ByteBuffer.allocate(length);
          assertThat(open.read(read, from)).isEqualTo(length);
          assertThat(read.array()).isEqualTo(bytes);
        }
        open.force();
      }
      byte[] content = Files.readAllBytes(file);
      assertThat(content).isEqualTo(Arrays.copyOf(expected, content.length));
    }
  }

  @Test
  void aFileSaysHowItIsWrittenBest() throws Exception {
    try (DiskFile past = disk.create(directory.resolve("past"));
        DiskFile through = FileDisk.throughPageCache().create(directory.resolve("through"))) {
      assertThat(through.writeUnit()).isEqualTo(1);
      assertThat(through.roomToGrow()).isNegative();
      assertThat(past.writeUnit()).isIn(1, 512, 1024, 2048, PAGE);
      if (past.writeUnit() > 1) { // the file system of this machine can do it
        assertThat(past.roomToGrow()).isPositive();
      } else {
        assertThat(past.roomToGrow()).isNegative();
      }
    }
  }

  @Test
  void namesAreListedSortedAndReplaced() throws Exception {
    Path deep = directory.resolve("x/y");
    disk.createDirectories(deep);
    disk.createDirectories(deep);
    for (String name : List.of("b", "c", "a")) {
      disk.create(deep.resolve(name)).close();
    }
    disk.rename(deep.resolve("a"), deep.resolve("c"));
    disk.syncDirectory(deep);
    assertThat(disk.list(deep)).containsExactly("b", "c");
    disk.delete(deep.resolve("b"));
    assertThat(disk.exists(deep.resolve("b"))).isFalse();
    assertThat(disk.list(directory.resolve("none"))).isEmpty();
  }

  @Test
  void aLockIsHeldOnceInAProcess() throws Exception {
    Path file = directory.resolve("LOCK");
    Closeable lock = disk.lock(file, "node n1");
    assertThatThrownBy(() -> new FileDisk().lock(file, "node n2"))
        .hasMessageContaining("is held by node n1, pid " + ProcessHandle.current().pid());
    assertThat(Files.readString(file)).startsWith("node n1, pid ").contains(", started ");

    lock.close();
    lock.close();
    disk.lock(file, "node n2").close();
  }

  @Test
  void anotherProcessIsNamedByWhoIsRefused() throws Exception {
    Path file = directory.resolve("LOCK");
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                "target/classes" + java.io.File.pathSeparator + "target/test-classes",
                LockHolder.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = holder.inputReader()) {
      assertThat(out.readLine()).startsWith("held");
      assertThatThrownBy(() -> disk.lock(file, "node n1"))
          .hasMessageContaining("is held by node n7, group g7, pid " + holder.pid());

      holder.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
      disk.lock(file, "node n1").close(); // the lock went with its process
    } finally {
      holder.destroyForcibly();
    }
  }

  @Test
  void aDirectoryThatCannotBeMadeIsSaidWithAWayOut() throws Exception {
    Path file = directory.resolve("file");
    Files.writeString(file, "not a directory");
    SegmentedStorage storage =
        new SegmentedStorage(disk, file.resolve("n1"), StorageOptions.defaults(), Runnable::run);

    assertThatThrownBy(
            () ->
                storage.bootstrap(
                    Fixture.CLUSTER,
                    Fixture.GROUP,
                    Fixture.NODE,
                    Fixture.INITIAL,
                    new SplittableRandom(1)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("cannot be made or written: choose another directory");
  }
}
