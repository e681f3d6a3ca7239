package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.LocalNode;
import org.jspecify.annotations.Nullable;

/** What can be said on a stream between two nodes. */
sealed interface Packet {
  /** The first words, either way. {@code connection} is the code of {@link ConnectionKind}. */
  record NodeHello(int protocol, LocalNode node, int connection) implements Packet {}

  /** A word of a group's handshake; {@code number} stands for the group from now on. */
  record Said(int number, GroupWord word) implements Packet {}

  /** Of a group, or of the whole connection; {@code notServed}: ask again later. */
  record Refused(@Nullable GroupId group, String reason, boolean notServed) implements Packet {}

  /** A message of the group to which the sender gave that number. */
  record Raft(int group, Message message) implements Packet {}
}
