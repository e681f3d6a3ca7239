package io.bowline.raft.storage;

import static io.bowline.raft.storage.Fixture.SMALL;
import static io.bowline.raft.storage.Fixture.append;
import static io.bowline.raft.storage.Fixture.saveBallot;
import static io.bowline.raft.storage.Fixture.tryAppend;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an error of the disk is: only a lack goes away by itself (STORAGE D-e). */
class DiskErrorTest {
  /** From a moment on no file can be made. */
  private static final class Failing extends ForwardingDisk {
    private @Nullable IOException failure;

    Failing(Disk disk) {
      super(disk);
    }

    @Override
    public DiskFile create(Path file) throws IOException {
      if (failure != null) {
        throw failure;
      }
      return super.create(file);
    }
  }

  @Test
  void noSpaceAndNoQuotaAreWaitedOut() throws Exception {
    for (String lack : List.of("No space left on device", "Disk quota exceeded")) {
      Failing disk = new Failing(new CrashDisk());
      RaftStorage storage = Fixture.bootstrap(disk, SMALL);
      List<@Nullable IOException> room = new ArrayList<>();
      storage.onRoom(room::add);
      saveBallot(storage, 1);
      disk.failure = new FileSystemException("x.ready", null, lack);
      append(storage, Entries.batch(1, 1, 1, 45_000)); // the next segment is prepared behind it
      assertThat(room).hasSize(1);

      List<@Nullable IOException> done = new ArrayList<>();
      storage.append(List.of(Entries.batch(2, 1, 1, 45_000)), 0, done::add);
      assertThat(done).isEmpty();
      disk.failure = null;
      storage.seekRoom();
      assertThat(done).containsExactly((IOException) null);
    }
  }

  @Test
  void everyOtherErrorInPreparingPoisons() throws Exception {
    for (IOException error :
        List.of(
            new IOException("Input/output error"),
            new FileSystemException("x.ready", null, "Read-only file system"),
            new ClosedChannelException())) {
      Failing disk = new Failing(new CrashDisk());
      RaftStorage storage = Fixture.bootstrap(disk, SMALL);
      List<@Nullable IOException> room = new ArrayList<>();
      storage.onRoom(room::add);
      saveBallot(storage, 1);
      disk.failure = error;
      append(storage, Entries.batch(1, 1, 1, 45_000));

      assertThat(room).as("told as a full disk").isEmpty();
      IOException told = tryAppend(storage, Entries.batch(2, 1, 1, 10));
      assertThat(told).isInstanceOf(StorageException.class).hasCause(error);
      assertThat(((StorageException) told).retryable()).isFalse();
      storage.close();
    }
  }

  @Test
  void aPoisonedLogIsNotRetryableWhateverTheCause() {
    Poison poison = new Poison();
    poison.by(new IOException("No space left on device"));
    List<@Nullable IOException> told = new ArrayList<>();
    assertThat(poison.refuses(told::add)).isTrue();
    assertThat(((StorageException) told.get(0)).retryable()).isFalse();
  }
}
