package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A name service that publishes a node when it is ready, as a headless service of Kubernetes does.
 * If ready means that the group serves, nobody is ever found; if it means that the process answers,
 * all is well.
 */
@Tag("long")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PublishedWhenReadyTest {
  private static final String PROCESS = "";
  private static final String GROUP = CounterMain.GROUP.value();

  /** Long enough for a cluster that can find itself. */
  private static final Duration STUCK = Duration.ofSeconds(20);

  @BeforeEach
  void needsNamespaces() {
    assumeTrue(NamespaceNetwork.isPossible(), "needs root and iproute2");
  }

  /** Asks each node's health service, from outside. */
  private static final class Probe implements AutoCloseable {
    private final List<ManagedChannel> channels = new ArrayList<>();

    Probe(NamespaceNetwork network) {
      for (String address : network.addresses()) {
        channels.add(
            Grpc.newChannelBuilder("dns:///" + address, InsecureChannelCredentials.create())
                .proxyDetector(target -> null)
                .build());
      }
    }

    boolean serves(int node, String service) {
      ManagedChannel channel = channels.get(node);
      channel.resetConnectBackoff();
      try {
        return HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(1, TimeUnit.SECONDS)
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus()
            == ServingStatus.SERVING;
      } catch (StatusRuntimeException e) {
        return false; // down, or it knows no such group
      }
    }

    @Override
    public void close() {
      channels.forEach(ManagedChannel::shutdownNow);
    }
  }

  /** Every node knows itself, and all that are ready by now; until a time, or all are ready. */
  private static Set<Integer> publishReady(
      NamespaceNetwork network, Probe probe, String readiness, Duration patience) {
    Set<Integer> ready = new TreeSet<>();
    long end = System.nanoTime() + patience.toNanos();
    await()
        .pollInterval(Duration.ofMillis(200))
        .forever()
        .until(
            () -> {
              for (int node = 0; node < ChaosCluster.SIZE; node++) {
                if (!ready.contains(node) && probe.serves(node, readiness)) {
                  ready.add(node);
                }
              }
              tellAll(network, ready);
              return ready.size() == ChaosCluster.SIZE || System.nanoTime() >= end;
            });
    return ready;
  }

  private static void tellAll(NamespaceNetwork network, Set<Integer> ready) {
    try {
      for (int node = 0; node < ChaosCluster.SIZE; node++) {
        Set<Integer> known = new TreeSet<>(ready);
        known.add(node);
        NamedCluster.publishTo(network, node, List.copyOf(known));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whereReadyMeansThatTheGroupServesNobodyIsFoundAndWhereTheProcessDoesAllAre()
      throws Exception {
    try (NamespaceNetwork network = new NamespaceNetwork(ChaosCluster.SIZE);
        Probe probe = new Probe(network);
        ChaosCluster cluster = NamedCluster.of("ready-names", network, 1)) {
      tellAll(network, Set.of());
      cluster.nodes.startAll();

      assertThat(publishReady(network, probe, GROUP, STUCK)).as("ready by the group").isEmpty();
      assertThat(cluster.nodes.leader()).isEmpty();

      long begin = System.nanoTime();
      assertThat(publishReady(network, probe, PROCESS, STUCK)).as("by the process").hasSize(3);
      cluster.awaitWhole();
      System.out.println(
          "nobody ready in "
              + STUCK
              + " by the group; whole by the process after "
              + Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  @Test
  void aRollingStartOfAllThatAreDownStopsAtTheFirstIfItWaitsForTheGroup() throws Exception {
    try (NamespaceNetwork network = new NamespaceNetwork(ChaosCluster.SIZE);
        Probe probe = new Probe(network);
        ChaosCluster cluster = NamedCluster.of("rolling", network, 1)) {
      NamedCluster.publish(network, 0, 1, 2);
      cluster.nodes.startAll();
      cluster.awaitWhole();
      cluster.nodes.killAll();

      assertThat(startInTurn(cluster, probe, GROUP)).as("started, waiting for the group").isOne();

      cluster.nodes.killAll();
      long begin = System.nanoTime();
      assertThat(startInTurn(cluster, probe, PROCESS)).as("waiting for the process").isEqualTo(3);
      cluster.awaitWhole();
      System.out.println(
          "rolling start: stops at the first by the group, whole by the process after "
              + Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  /** Each when the one before is ready; how many were started. */
  private static int startInTurn(ChaosCluster cluster, Probe probe, String readiness)
      throws IOException {
    for (int node = 0; node < ChaosCluster.SIZE; node++) {
      cluster.nodes.start(node);
      int started = node;
      long end = System.nanoTime() + STUCK.toNanos();
      await().forever().until(() -> probe.serves(started, readiness) || System.nanoTime() >= end);
      if (!probe.serves(node, readiness)) {
        return node + 1;
      }
    }
    return ChaosCluster.SIZE;
  }
}
