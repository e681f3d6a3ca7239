package io.bowline.raft.grpc;

import io.bowline.raft.RaftMetrics;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Binds a host's figures to Micrometer, which must be on the class path: {@code
 * RaftHost.builder().metrics(new MicrometerMetrics(registry))}. Names and tags are those of
 * docs/operations/metrics.md; safe from any thread.
 */
public final class MicrometerMetrics implements RaftMetrics {
  private final MeterRegistry registry;

  /** Into that registry. */
  public MicrometerMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Sink node(GroupId group, NodeId node) {
    return new Meters(registry, Tags.of("group", group.value(), "node", node.value()));
  }

  /** One node's meters, each registered when it is first used. */
  private static final class Meters implements Sink {
    private record PeerGauge(String name, NodeId peer) {}

    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<String, AtomicLong> gauges = new ConcurrentHashMap<>();
    private final Map<PeerGauge, AtomicLong> peerGauges = new ConcurrentHashMap<>();
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();

    Meters(MeterRegistry registry, Tags tags) {
      this.registry = registry;
      this.tags = tags;
    }

    @Override
    public void set(String name, long value) {
      gauges.computeIfAbsent(name, n -> gauge(n, tags)).set(value);
    }

    @Override
    public void set(String name, NodeId peer, long value) {
      peerGauges
          .computeIfAbsent(
              new PeerGauge(name, peer), g -> gauge(name, tags.and("peer", peer.value())))
          .set(value);
    }

    private AtomicLong gauge(String name, Tags of) {
      AtomicLong value = new AtomicLong();
      registry.gauge(name, of, value); // held weakly there, strongly here
      return value;
    }

    @Override
    public void add(String name, long delta) {
      counters.computeIfAbsent(name, n -> registry.counter(n, tags)).increment((double) delta);
    }

    @Override
    public void time(String name, long nanos) {
      timers
          .computeIfAbsent(name, n -> registry.timer(n, tags))
          .record(nanos, TimeUnit.NANOSECONDS);
    }
  }
}
