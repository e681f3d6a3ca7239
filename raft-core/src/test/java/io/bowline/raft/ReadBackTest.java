package io.bowline.raft;

import static io.bowline.raft.ThreeMembers.FIRST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.NodeId;
import io.bowline.raft.storage.DiskFile;
import io.bowline.raft.storage.FileDisk;
import io.bowline.raft.storage.ForwardingDisk;
import io.bowline.raft.storage.ForwardingDiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries that a slow follower needs are read back from the file; one such read may throw. */
class ReadBackTest {
  @TempDir Path root;
  private final AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
  private ThreeMembers members = new ThreeMembers(Path.of("."));

  @BeforeEach
  void begin() throws Exception {
    members = new ThreeMembers(root);
    members.disk = id -> new ThrowingDisk();
    members.config =
        id ->
            RaftConfig.builder()
                .heartbeatInterval(Duration.ofMillis(20))
                .electionTimeout(Duration.ofMillis(400))
                .tailCacheBytes(0)
                .build();
    members.openAll(FIRST);
  }

  @AfterEach
  void end() {
    members.close();
  }

  /** Throws once in the background. */
  private final class ThrowingDisk extends ForwardingDisk {
    ThrowingDisk() {
      super(new FileDisk());
    }

    @Override
    protected DiskFile wrap(DiskFile file) {
      return new ForwardingDiskFile(file) {
        @Override
        public int read(ByteBuffer target, long position) throws IOException {
          if (Thread.currentThread().getName().contains("-snapshot-")) {
            Throwable once = thrown.getAndSet(null);
            if (once instanceof Error error) {
              throw error;
            } else if (once instanceof RuntimeException exception) {
              throw exception;
            }
          }
          return super.read(target, position);
        }
      };
    }
  }

  /** A follower that has missed more than memory keeps. */
  private String leavesOneBehind(Throwable once) {
    String behind = members.follower();
    members.network().isolate(NodeId.of(behind));
    String large = "x".repeat(10_000);
    for (int i = 0; i < 20; i++) {
      await().atMost(Duration.ofSeconds(20)).until(() -> members.anyLeaderTakes(large));
    }
    thrown.set(once);
    members.network().heal();
    return behind;
  }

  @Test
  void whatThrewOnceIsReadAgain() {
    String behind = leavesOneBehind(new IllegalStateException("once"));

    await().atMost(Duration.ofSeconds(20)).until(() -> members.applied(behind).size() >= 20);

    assertThat(thrown.get()).as("it was thrown").isNull();
    assertThat(members.halted).isEmpty();
  }

  @Test
  void memoryThatRunsOutInTheBackgroundEndsThatNodeAndItSaysSo() {
    String behind = leavesOneBehind(new OutOfMemoryError("direct buffer memory"));

    await().atMost(Duration.ofSeconds(20)).until(() -> !members.halted.isEmpty());

    assertThat(members.halted.values())
        .singleElement()
        .asString()
        .contains("memory has run out")
        .contains("direct buffer memory");
    await().atMost(Duration.ofSeconds(20)).until(() -> members.anyLeaderTakes("after"));
    await().atMost(Duration.ofSeconds(20)).until(() -> members.applied(behind).contains("after"));
  }
}
