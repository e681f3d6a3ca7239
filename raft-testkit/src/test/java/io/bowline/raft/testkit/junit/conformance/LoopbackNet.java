package io.bowline.raft.testkit.junit.conformance;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What lies between the loopback transports of one test: addresses, cables, and what was said. */
final class LoopbackNet {
  private static final ThreadFactory THREADS =
      task -> {
        Thread thread = new Thread(task, "loopback");
        thread.setDaemon(true);
        return thread;
      };

  final ExecutorService pool = Executors.newCachedThreadPool(THREADS);
  final List<String> refusals = new CopyOnWriteArrayList<>();
  private final Map<String, LoopbackTransport> listening = new ConcurrentHashMap<>();
  private final Map<String, LoopbackCable> cables = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();

  String newAddress() {
    return "loopback:" + numbers.incrementAndGet();
  }

  void listen(String address, LoopbackTransport transport) throws IOException {
    if (listening.putIfAbsent(address, transport) != null) {
      throw new IOException(address + " is in use");
    }
  }

  void leave(String address, LoopbackTransport transport) {
    listening.remove(address, transport);
  }

  /** Who answers there, maybe behind a cable. */
  @Nullable LoopbackTransport at(String address) {
    LoopbackCable cable = cables.get(address);
    return listening.get(cable == null ? address : cable.target);
  }

  @Nullable LoopbackCable cable(String address) {
    return cables.get(address);
  }

  Cable lay(String target) {
    LoopbackCable cable = new LoopbackCable(newAddress(), target);
    cables.put(cable.address(), cable);
    return cable;
  }

  /** Both sides log it, once each. */
  void refuse(LoopbackTransport one, LoopbackTransport other, String reason) {
    for (LoopbackTransport side : List.of(one, other)) {
      String line = side.address() + " says: " + reason;
      if (side.tellsRefusals() && !refusals.contains(line)) {
        refusals.add(line);
      }
    }
  }

  static final class LoopbackCable implements Cable {
    private final String address;
    private final String target;
    final List<LoopbackConnection> connections = new CopyOnWriteArrayList<>();
    private volatile long heldAfter = Long.MAX_VALUE;

    LoopbackCable(String address, String target) {
      this.address = address;
      this.target = target;
    }

    @Override
    public String address() {
      return address;
    }

    boolean holds(long passed) {
      return passed > heldAfter;
    }

    @Override
    public void holdAfter(long bytes) {
      heldAfter = bytes;
      connections.forEach(LoopbackConnection::goOn);
    }

    @Override
    public void cut() {
      connections.forEach(LoopbackConnection::cut);
      connections.clear();
    }

    @Override
    public void close() {
      cut();
    }
  }
}
