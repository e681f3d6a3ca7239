package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.transport.GroupHello;
import io.bowline.raft.transport.LocalNode;
import org.jspecify.annotations.Nullable;

/** What can be said on a stream between two nodes. */
sealed interface Packet {
  /** The first words, either way. {@code connection} is the code of {@link ConnectionKind}. */
  record NodeHello(int protocol, LocalNode node, int connection) implements Packet {}

  /** The first words about a group, either way; {@code number} stands for it from now on. */
  record GroupHelloSaid(int number, GroupHello hello) implements Packet {}

  /** Of a group, or of the whole connection; {@code notServed}: ask again later. */
  record Refused(@Nullable GroupId group, String reason, boolean notServed) implements Packet {}

  /** A message of the group to which the sender gave that number. */
  record Raft(int group, Message message) implements Packet {}
}
