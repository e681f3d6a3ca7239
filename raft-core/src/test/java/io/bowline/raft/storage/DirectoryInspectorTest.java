package io.bowline.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.Founding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tool learns of a directory that nobody has open. */
class DirectoryInspectorTest {
  @TempDir Path temp;

  private RaftStorage bootstrap(Path directory) throws StorageException {
    return new SegmentedStorage(new FileDisk(), directory, StorageOptions.defaults(), Runnable::run)
        .bootstrap(
            Fixture.CLUSTER, Fixture.GROUP, Fixture.NODE, Fixture.INITIAL, new SplittableRandom(1));
  }

  private static Map<Path, FileTime> times(Path directory) throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.toList()) {
        times.put(path, Files.getLastModifiedTime(path));
      }
    }
    return times;
  }

  @Test
  void theFoundingIsReadAndNothingIsChanged() throws Exception {
    Path directory = temp.resolve("n1");
    RaftStorage storage = bootstrap(directory);
    Founding written = Founding.written(Fixture.record(storage));
    storage.saveFounding(written);
    assertThatThrownBy(() -> DirectoryInspector.identityOf(directory))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("is held: stop the node first");
    storage.close();
    Map<Path, FileTime> before = times(directory);

    Identity found = DirectoryInspector.identityOf(directory);

    assertThat(found).isEqualTo(storage.identity());
    assertThat(found.founding()).isEqualTo(written);
    assertThat(times(directory)).isEqualTo(before);
  }

  @Test
  void whatIsNoneIsSaid() throws Exception {
    assertThatThrownBy(() -> DirectoryInspector.identityOf(temp.resolve("none")))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("holds no storage");

    Path directory = temp.resolve("n1");
    bootstrap(directory).close();
    Files.write(directory.resolve("identity"), new byte[10]);
    assertThatThrownBy(() -> DirectoryInspector.identityOf(directory))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("does not begin with the magic number");

    Files.delete(directory.resolve("identity"));
    Files.createSymbolicLink(directory.resolve("identity"), temp.resolve("elsewhere"));
    assertThatThrownBy(() -> DirectoryInspector.identityOf(directory))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("a link is not followed");
  }
}
