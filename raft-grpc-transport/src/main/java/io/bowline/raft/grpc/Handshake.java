package io.bowline.raft.grpc;

import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.LocalNode;
import org.jspecify.annotations.Nullable;

/**
 * Who may talk to whom (DESIGN 13), as far as a host can say it: version, cluster, node. What is
 * asked of a group (its members, its initial list, restored copies) is the handler's to judge.
 */
final class Handshake {
  /** Raised when an older node could not follow; two nodes of different numbers do not talk. */
  static final int PROTOCOL = 2;

  private Handshake() {}

  /**
   * Why the other side's first words end the connection, in a sentence; {@code null} if they do
   * not.
   *
   * @param expected whom we dialled; {@code null} if we were dialled
   */
  static @Nullable String refusal(
      LocalNode own, ConnectionKind kind, @Nullable NodeId expected, Packet.NodeHello hello) {
    LocalNode node = hello.node();
    if (hello.protocol() != PROTOCOL) {
      return node.node()
          + " speaks protocol "
          + hello.protocol()
          + ", "
          + own.node()
          + " speaks "
          + PROTOCOL
          + ": bring both to one version";
    }
    if (!node.cluster().equals(own.cluster())) {
      return node.node()
          + " is of cluster '"
          + node.cluster()
          + "', "
          + own.node()
          + " of cluster '"
          + own.cluster()
          + "': correct the address by which one found the other";
    }
    if (node.node().equals(own.node())) {
      return "both sides call themselves "
          + own.node()
          + ": give each node an id of its own, and each member its own address";
    }
    if (expected != null && !expected.equals(node.node())) {
      return "where "
          + expected
          + " was expected, "
          + node.node()
          + " answers: correct the address";
    }
    if (hello.connection() != kind.code()) {
      return "a hello for connection " + hello.connection() + " on connection " + kind.code();
    }
    return null;
  }
}
