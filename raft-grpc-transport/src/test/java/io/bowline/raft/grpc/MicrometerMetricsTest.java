package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.RaftMetrics;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicrometerMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RaftMetrics metrics = new MicrometerMetrics(registry);
  private final RaftMetrics.Sink sink = open();

  private RaftMetrics.Sink open() {
    return metrics.node(GroupId.of("main"), NodeId.of("n1"));
  }

  @Test
  void aGaugeShowsItsLastValueUnderGroupAndNode() {
    sink.set("bowline.commit.index", 5);
    sink.set("bowline.commit.index", 7);

    assertThat(registry.get("bowline.commit.index").tag("group", "main").tag("node", "n1").gauge())
        .returns(7.0, gauge -> gauge.value());
  }

  @Test
  void aPeersGaugeBearsItsName() {
    sink.set("bowline.peer.lag.entries", NodeId.of("n2"), 3);
    sink.set("bowline.peer.lag.entries", NodeId.of("n3"), 4);

    assertThat(registry.get("bowline.peer.lag.entries").tag("peer", "n2").gauge().value())
        .isEqualTo(3);
    assertThat(registry.get("bowline.peer.lag.entries").tag("peer", "n3").gauge().value())
        .isEqualTo(4);
  }

  @Test
  void aCounterGrows() {
    sink.add("bowline.proposals.appended.total", 64);
    sink.add("bowline.proposals.appended.total", 1);

    assertThat(registry.get("bowline.proposals.appended.total").counter().count()).isEqualTo(65);
  }

  @Test
  void aTimerTakesNanosecondsWhateverItsName() {
    sink.time("bowline.log.fsync.seconds", 90_000);

    assertThat(registry.get("bowline.log.fsync.seconds").timer())
        .returns(1L, timer -> timer.count())
        .returns(90.0, timer -> timer.totalTime(TimeUnit.MICROSECONDS));
  }

  @Test
  void aGroupThatIsOpenedAgainShowsItsOwnValues() {
    sink.set("bowline.commit.index", 5);
    sink.set("bowline.peer.lag.entries", NodeId.of("n2"), 3);

    RaftMetrics.Sink again = open();
    again.set("bowline.commit.index", 9);
    again.set("bowline.peer.lag.entries", NodeId.of("n2"), 4);
    sink.set("bowline.commit.index", 6); // a straggler of the life before

    assertThat(registry.get("bowline.commit.index").gauge().value()).isEqualTo(9);
    assertThat(registry.get("bowline.peer.lag.entries").gauge().value()).isEqualTo(4);
  }

  @Test
  void nothingIsLeftOfAGroupThatIsClosed() {
    sink.set("bowline.commit.index", 5);
    sink.set("bowline.peer.lag.entries", NodeId.of("n2"), 3);
    sink.add("bowline.proposals.appended.total", 1);
    sink.time("bowline.log.fsync.seconds", 90_000);
    RaftMetrics.Sink other = metrics.node(GroupId.of("other"), NodeId.of("n1"));
    other.set("bowline.commit.index", 1);

    sink.close();
    sink.set("bowline.commit.index", 6);

    assertThat(registry.getMeters()).hasSize(1);
    assertThat(registry.get("bowline.commit.index").tag("group", "other").gauge().value())
        .isEqualTo(1);
  }
}
