package io.bowline.raft.storage;

import static io.bowline.raft.storage.Fixture.CLUSTER;
import static io.bowline.raft.storage.Fixture.GROUP;
import static io.bowline.raft.storage.Fixture.INITIAL;
import static io.bowline.raft.storage.Fixture.NODE;
import static io.bowline.raft.storage.Fixture.append;
import static io.bowline.raft.storage.Fixture.contents;
import static io.bowline.raft.storage.Fixture.saveBallot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A directory does not trust its names: locks that are removed, links, who may read. */
class DirectoryTrustTest {
  @TempDir Path temp;
  private Path directory = Path.of("");

  @BeforeEach
  void choose() {
    directory = temp.resolve("n1");
  }

  private SegmentedStorage place() {
    return new SegmentedStorage(
        new FileDisk(), directory, StorageOptions.defaults(), Runnable::run);
  }

  private RaftStorage bootstrap() throws StorageException {
    return place().bootstrap(CLUSTER, GROUP, NODE, INITIAL, new SplittableRandom(1));
  }

  private RaftStorage resume() throws StorageException {
    return place().resume(CLUSTER, GROUP, NODE, new SplittableRandom(2));
  }

  private Process holder() throws IOException {
    String classPath =
        Stream.of(FileDisk.class, DirectoryHolder.class, org.slf4j.Logger.class)
            .map(
                type ->
                    new File(type.getProtectionDomain().getCodeSource().getLocation().getPath()))
            .map(File::toString)
            .reduce((a, b) -> a + File.pathSeparator + b)
            .orElseThrow();
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            DirectoryHolder.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void whoRemovesTheLockOfALivingNodeLetsNobodyIn() throws Exception {
    Fixture.founded(bootstrap()).close();
    Process holder = holder();
    try (BufferedReader out = holder.inputReader()) {
      assertThat(out.readLine()).startsWith("open ");
      assertThatThrownBy(this::resume).hasMessageContaining("is held by node n1");
      for (List<String> removed :
          List.of(List.of("LOCK"), List.of("LOCK", "ballot"), List.of("LOCK", "ballot.copy"))) {
        Path away = Files.createDirectories(temp.resolve("away"));
        for (String name : removed) {
          Files.move(directory.resolve(name), away.resolve(name));
        }
        byte[] identity = Files.readAllBytes(directory.resolve("identity"));

        assertThatThrownBy(this::resume)
            .as("without " + removed)
            .isInstanceOf(StorageException.class)
            .hasMessageContaining("in use by another process");

        assertThat(Files.readAllBytes(directory.resolve("identity"))).isEqualTo(identity);
        for (String name : removed) {
          Files.deleteIfExists(directory.resolve(name));
          Files.move(away.resolve(name), directory.resolve(name));
        }
      }
    } finally {
      holder.destroyForcibly().waitFor();
    }
    resume().close(); // the claims went with their process
  }

  @Test
  void withinOneProcessARemovedLockLetsNobodyInEither() throws Exception {
    try (RaftStorage first = Fixture.founded(bootstrap())) {
      Files.delete(directory.resolve("LOCK"));
      assertThatThrownBy(this::resume).hasMessageContaining("is held by node n1");
      saveBallot(first, 1);
    }
  }

  @Test
  void aLockThatIsALinkDoesNotOverwriteWhatItNames() throws Exception {
    bootstrap().close();
    Path foreign = Files.writeString(temp.resolve("foreign"), "somebody's");
    for (String name : List.of("LOCK", "identity", "peers", "ballot", "log")) {
      Path own = directory.resolve(name);
      Path kept = temp.resolve("kept");
      Files.move(own, kept);
      Files.createSymbolicLink(own, name.equals("log") ? kept : foreign);

      assertThatThrownBy(this::resume)
          .as(name)
          .isInstanceOf(StorageException.class)
          .hasMessageContaining(own + " is a symbolic link");

      assertThat(foreign).hasContent("somebody's");
      Files.delete(own);
      Files.move(kept, own);
    }
    Path segment = directory.resolve("log").resolve(NextSegment.name(1, NextSegment.LOG));
    Path moved = temp.resolve("segment");
    Files.move(segment, moved);
    Files.createSymbolicLink(segment, moved);
    assertThatThrownBy(this::resume).hasMessageContaining(segment + " is a symbolic link");
  }

  @Test
  void aBootstrapDeletesNothingBehindALink() throws Exception {
    Path other = Files.createDirectories(temp.resolve("other"));
    Files.writeString(other.resolve("precious"), "data");
    Files.createDirectories(directory);
    Files.createSymbolicLink(directory.resolve("log"), other);
    Files.createFile(directory.resolve("identity.bootstrap"));

    assertThatThrownBy(this::bootstrap)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("log is a symbolic link");

    assertThat(other.resolve("precious")).hasContent("data");
  }

  @Test
  void aDirectoryThatIsNamedByALinkIsAsGood() throws Exception {
    Path real = Files.createDirectories(temp.resolve("real"));
    directory = temp.resolve("by-link");
    Files.createSymbolicLink(directory, real);
    RaftStorage storage = bootstrap();
    assertThat(storage.identity().node()).isEqualTo(NODE);
    storage.close();
    resume().close();
  }

  @Test
  void onlyTheOwnerMayReadIt() throws Exception {
    assumeThat(temp.getFileSystem().supportedFileAttributeViews()).contains("posix");
    try (RaftStorage storage = Fixture.founded(bootstrap())) {
      saveBallot(storage, 1);
      append(storage, Entries.batch(1, 1, 1, 1000));
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.toList()) {
          String wanted = Files.isDirectory(path) ? "rwx------" : "rw-------";
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
              .as(path.toString())
              .isEqualTo(wanted);
        }
      }
    }
  }

  @Test
  @Timeout(60) // a fifo that is opened to be read waits for its writer
  void whatIsNoFileIsRefusedByName() throws Exception {
    bootstrap().close();
    Path segment = directory.resolve("log").resolve(NextSegment.name(1, NextSegment.LOG));
    Path identity = directory.resolve("identity");
    Path kept = temp.resolve("kept");
    for (Path own : List.of(segment, identity)) {
      Files.move(own, kept);
      Files.createDirectory(own);
      isRefused();
      Files.delete(own);
      Files.move(kept, own);
    }
    Files.move(identity, kept);
    assumeThat(new ProcessBuilder("mkfifo", identity.toString()).start().waitFor()).isZero();
    isRefused();
  }

  private void isRefused() {
    assertThatThrownBy(this::resume)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(directory.toString());
  }

  @Test
  void namesThatLeaveTheDirectoryAreNone() {
    for (String name : List.of(".", "..")) {
      assertThatThrownBy(() -> GroupId.of(name)).hasMessageContaining("no name of a directory");
      assertThatThrownBy(() -> NodeId.of(name)).hasMessageContaining("no name of a directory");
      assertThatThrownBy(() -> ClusterId.of(name)).hasMessageContaining("no name of a directory");
    }
    assertThat(GroupId.of("...").value()).isEqualTo("...");
  }

  @Test
  void anInterruptFlagClosesNoFileAndStays() throws Exception {
    Thread.currentThread().interrupt();
    try (RaftStorage storage = Fixture.founded(bootstrap())) {
      saveBallot(storage, 1);
      append(storage, Entries.batch(1, 1, 10, 100_000));
      assertThat(contents(storage)).hasSize(10);
    }
    try (RaftStorage storage = resume()) {
      append(storage, Entries.batch(11, 1, 1, 10));
      assertThat(contents(storage)).hasSize(11);
    }
    assertThat(Thread.interrupted()).as("the flag of whom it was meant for").isTrue();
  }

  @Test
  void interruptsInTheMiddleOfReadsHarmNeitherThemNorTheWriter() throws Exception {
    try (RaftStorage storage = Fixture.founded(bootstrap())) {
      saveBallot(storage, 1);
      append(storage, Entries.batch(1, 1, 20, 200_000));
      List<Throwable> failures = new CopyOnWriteArrayList<>();
      Thread reader =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 300; i++) {
                    assertThat(storage.read(1 + i % 20, 200_000).isEmpty()).isFalse();
                  }
                } catch (Throwable e) {
                  failures.add(e);
                }
              });
      reader.start();
      long index = 21;
      while (reader.isAlive()) {
        reader.interrupt();
        append(storage, Entries.batch(index++, 1, 1, 100));
      }
      assertThat(failures).isEmpty();
      assertThat(contents(storage)).hasSize((int) index - 1);
    }
  }
}
