package io.bowline.raft.grpc;

import io.bowline.raft.RaftMetrics;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Binds a host's figures to Micrometer, which must be on the class path: {@code
 * RaftHost.builder().metrics(new MicrometerMetrics(registry))}. Names and tags are those of
 * docs/operations/metrics.md; safe from any thread.
 */
public final class MicrometerMetrics implements RaftMetrics {
  private record Node(GroupId group, NodeId node) {}

  private final MeterRegistry registry;
  private final Map<Node, Meters> nodes = new HashMap<>();

  /** Into that registry. */
  public MicrometerMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * {@inheritDoc}
   *
   * <p>A group that is opened again begins with new meters: those of its life before are removed,
   * for a registry keeps the first gauge of a name, whatever became of what it looked at.
   */
  @Override
  public synchronized Sink node(GroupId group, NodeId node) {
    Node key = new Node(group, node);
    Meters before = nodes.get(key);
    if (before != null) {
      before.close();
    }
    Tags tags = Tags.of("group", group.value(), "node", node.value());
    Meters[] made = new Meters[1];
    made[0] = new Meters(registry, tags, () -> closed(key, made[0]));
    nodes.put(key, made[0]);
    return made[0];
  }

  private synchronized void closed(Node key, Meters meters) {
    nodes.remove(key, meters);
  }

  /** One node's meters, each registered when it is first used. */
  private static final class Meters implements Sink {
    private record PeerGauge(String name, NodeId peer) {}

    private final MeterRegistry registry;
    private final Tags tags;
    private final Runnable onClose;
    private final Map<String, AtomicLong> gauges = new ConcurrentHashMap<>();
    private final Map<PeerGauge, AtomicLong> peerGauges = new ConcurrentHashMap<>();
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();
    private final Set<Meter> registered = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Meters(MeterRegistry registry, Tags tags, Runnable onClose) {
      this.registry = registry;
      this.tags = tags;
      this.onClose = onClose;
    }

    @Override
    public void set(String name, long value) {
      if (!closed) {
        gauges.computeIfAbsent(name, n -> gauge(n, tags)).set(value);
      }
    }

    @Override
    public void set(String name, NodeId peer, long value) {
      if (!closed) {
        peerGauges
            .computeIfAbsent(
                new PeerGauge(name, peer), g -> gauge(name, tags.and("peer", peer.value())))
            .set(value);
      }
    }

    private AtomicLong gauge(String name, Tags of) {
      AtomicLong value = new AtomicLong();
      keep(
          Gauge.builder(name, value, AtomicLong::get)
              .tags(of)
              .strongReference(true)
              .register(registry));
      return value;
    }

    @Override
    public void add(String name, long delta) {
      if (!closed) {
        counters
            .computeIfAbsent(name, n -> keep(registry.counter(n, tags)))
            .increment((double) delta);
      }
    }

    @Override
    public void time(String name, long nanos) {
      if (!closed) {
        timers
            .computeIfAbsent(name, n -> keep(registry.timer(n, tags)))
            .record(nanos, TimeUnit.NANOSECONDS);
      }
    }

    private <M extends Meter> M keep(M meter) {
      registered.add(meter);
      if (closed) {
        registry.remove(meter); // it was closed while this was made
      }
      return meter;
    }

    @Override
    public void close() {
      closed = true;
      registered.forEach(registry::remove);
      onClose.run();
    }
  }
}
