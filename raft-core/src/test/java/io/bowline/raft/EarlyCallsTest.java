package io.bowline.raft;

import static io.bowline.raft.OneNodeGroups.ALONE;
import static io.bowline.raft.OneNodeGroups.QUICK;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.storage.NonDurableMemoryStorage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls that come while their group is being founded. */
class EarlyCallsTest {
  @Test
  @Timeout(120)
  void eachIsAnsweredWhateverMomentItMeets(@TempDir Path directory) throws Exception {
    try (OneNodeGroups groups = new OneNodeGroups(directory)) {
      RaftHost host = groups.host(h -> {});
      for (int i = 0; i < 200; i++) {
        RaftNode<String, Long> node =
            host.group(GroupId.of("g" + i), new CountingMachine())
                .commands(Codec.utf8())
                .replies(Codec.int64())
                .storage(new NonDurableMemoryStorage())
                .config(QUICK)
                .bootstrap(ALONE);
        List<CompletableFuture<Outcome<Long>>> calls = new ArrayList<>();
        while (!node.isLeader()) {
          calls.add(node.propose("x"));
          calls.add(node.read("x"));
        }

        for (CompletableFuture<Outcome<Long>> call : calls) {
          assertThat(call.handle((o, e) -> o).completeOnTimeout(null, 8, SECONDS).join())
              .as("of group %d, in time", i)
              .isNotNull();
        }
        node.close();
      }
    }
  }
}
