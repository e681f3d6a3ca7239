package io.bowline.raft.grpc;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** An address as people write it: {@code host:port}, {@code 10.0.0.7:4000}, {@code [::1]:4000}. */
record HostPort(String host, int port) {
  /** Reads it; throws IllegalArgumentException that names what and value. */
  static HostPort parse(String what, String text) {
    try {
      HostAndPort parsed = HostAndPort.fromString(text);
      if (parsed.getHost().isEmpty() || !parsed.hasPort()) {
        throw new IllegalArgumentException("host or port is missing");
      }
      return new HostPort(parsed.getHost(), parsed.getPort());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          what
              + " '"
              + text
              + "' is not host:port with a port from 0 to 65535, such as 10.0.0.7:4000 or [::1]:4000",
          e);
    }
  }

  /** Where to bind. */
  InetSocketAddress resolve() throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(host), port);
  }

  /** Whether it stands for all addresses of this machine: nobody can dial it. */
  boolean isWildcard() {
    return InetAddresses.isInetAddress(host) && InetAddresses.forString(host).isAnyLocalAddress();
  }

  HostPort withPort(int other) {
    return new HostPort(host, other);
  }

  @Override
  public String toString() {
    return HostAndPort.fromParts(host, port).toString();
  }
}
