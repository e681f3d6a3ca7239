package io.bowline.raft.examples.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Free ports on loopback for servers that must know each other before they start. */
public final class Ports {
  // below Linux's range for outgoing connections: a port stays free while its server is down
  private static final int LOWEST = 20_000;
  private static final int COUNT = 12_000;

  private Ports() {}

  /** So many different ports on which nobody listens now. */
  public static List<Integer> free(int count) {
    List<Integer> ports = new ArrayList<>();
    while (ports.size() < count) {
      int port = LOWEST + ThreadLocalRandom.current().nextInt(COUNT);
      if (!ports.contains(port) && isFree(port)) {
        ports.add(port);
      }
    }
    return ports;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
