package io.bowline.raft.model;

import org.jspecify.annotations.Nullable;

/**
 * Where a member listens, as text: {@code host:port}, an IPv6 address in brackets. What a host and
 * a port may be beyond this form is the transport's affair.
 */
public final class Address {
  private static final int MOST_PORT = 65_535;

  private Address() {}

  /** Why that is no address; {@code null} if it is one. */
  public static @Nullable String problem(String address) {
    int colon = address.lastIndexOf(':');
    if (colon <= 0 || colon == address.length() - 1) {
      return "names no port: write host:port";
    }
    String host = address.substring(0, colon);
    String port = address.substring(colon + 1);
    if (address.contains("/") || address.chars().anyMatch(Character::isWhitespace)) {
      return "is no host:port: a URL or a space in it is refused";
    }
    boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
    if (!bracketed && (host.contains(":") || host.contains("[") || host.contains("]"))) {
      return "is not clear: write an IPv6 address in brackets, [::1]:4000";
    }
    boolean number = port.chars().allMatch(c -> c >= '0' && c <= '9');
    if (number && (port.length() > 5 || Integer.parseInt(port) > MOST_PORT)) {
      return "has a port over " + MOST_PORT;
    }
    if (number && Integer.parseInt(port) == 0) {
      return "has port 0: others cannot know which one was meant";
    }
    return null;
  }
}
