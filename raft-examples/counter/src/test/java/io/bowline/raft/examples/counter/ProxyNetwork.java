package io.bowline.raft.examples.counter;

import io.bowline.raft.examples.lab.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Loopback, with a proxy on each link from one node to another: a split of sockets. */
final class ProxyNetwork implements Network {
  private record Link(int from, int to) {}

  private final List<String> addresses;
  private final Map<Link, TcpProxy> proxies = new HashMap<>();

  ProxyNetwork(int size) throws IOException {
    List<Integer> ports = Ports.free(size);
    addresses = ports.stream().map(port -> "127.0.0.1:" + port).toList();
    for (int from = 0; from < size; from++) {
      for (int to = 0; to < size; to++) {
        if (from != to) {
          InetSocketAddress target =
              new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(to));
          proxies.put(new Link(from, to), new TcpProxy(target));
        }
      }
    }
  }

  @Override
  public List<String> addresses() {
    return addresses;
  }

  @Override
  public Map<Integer, String> routes(int node) {
    Map<Integer, String> routes = new HashMap<>();
    proxies.forEach(
        (link, proxy) -> {
          if (link.from() == node) {
            routes.put(link.to(), proxy.address());
          }
        });
    return routes;
  }

  @Override
  public List<String> at(int node, List<String> command) {
    return command;
  }

  @Override
  public void isolate(int node) {
    IntStream.range(0, addresses.size())
        .filter(peer -> peer != node)
        .forEach(
            peer -> {
              proxy(node, peer).hold();
              proxy(peer, node).hold();
            });
  }

  /** The one finds nobody listening at the other; until {@link #heal}. */
  void refuse(int from, int to) {
    proxy(from, to).refuse();
  }

  /** What the one dials to the other, and what it is dialled, is cut after so many bytes. */
  void dieAfter(int one, int other, long bytes) {
    proxy(one, other).dieAfter(bytes);
    proxy(other, one).dieAfter(bytes);
  }

  /** How often the one has dialled the other. */
  int dialled(int from, int to) {
    return proxy(from, to).dialled();
  }

  private TcpProxy proxy(int from, int to) {
    TcpProxy proxy = proxies.get(new Link(from, to));
    if (proxy == null) {
      throw new IllegalArgumentException("no link from " + from + " to " + to);
    }
    return proxy;
  }

  @Override
  public void heal() {
    proxies.values().forEach(TcpProxy::release);
  }

  @Override
  public void close() throws IOException {
    for (TcpProxy proxy : proxies.values()) {
      proxy.close();
    }
  }
}
