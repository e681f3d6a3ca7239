package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.examples.lab.LocalCluster;
import io.bowline.raft.examples.lab.NodeProcess;
import io.bowline.raft.model.ClientReply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The leader dies between apply and answer, and the client that waits for it dies too. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class KilledClientTest {
  @Test
  void retryOfRestartedClientIsAppliedOnceAndGetsTheFirstReply() throws Exception {
    try (ChaosCluster cluster = new ChaosCluster("killed-client", "real")) {
      int leader = cluster.awaitLeader();
      Path session = cluster.nodes.log(0).resolveSibling("session");
      CounterHistory history = new CounterHistory();
      CounterHistory.Asked add = history.adds(history.client(), ChaosNode.LAST_WORD, 7);
      NodeProcess client = start(cluster, session);
      Path died = cluster.nodes.data(leader).resolveSibling("died");
      await().atMost(ChaosCluster.PATIENCE).until(() -> Files.exists(died));
      client.kill();
      assertThat(cluster.nodes.process(leader).awaitExit(10)).isTrue();
      cluster.nodes.process(leader).kill(); // its own doing: from now on it is expected to be dead

      String answer;
      try (NodeProcess again = start(cluster, session)) {
        answer = again.ask("result", ChaosCluster.PATIENCE).orElse("no answer");
      }

      assertThat(answer).isEqualTo("value=7");
      add.returned(7); // one call, from the first start of its process to the second's answer
      try (DirectLine line =
          DirectLine.to(
              cluster.nodes.addresses().get(cluster.awaitLeader()), ChaosCluster.PATIENCE)) {
        CounterHistory.Asked get = history.gets(history.client(), ChaosNode.LAST_WORD);
        ClientReply reply = line.query(ChaosNode.LAST_WORD, Duration.ofSeconds(5)).get();
        long value = DirectLine.value((ClientReply.Done) reply);
        get.returned(value);
        assertThat(value).isEqualTo(7);
      }
      history.assertLinearizable("killed-client");
    }
  }

  private static NodeProcess start(ChaosCluster cluster, Path session) throws Exception {
    List<String> arguments =
        List.of(session.toString(), String.join(",", cluster.nodes.addresses()));
    return NodeProcess.start(
        LocalCluster.java(List.of("-Xmx64m"), PersistentClient.class.getName(), arguments),
        session.resolveSibling("client.log"));
  }
}
