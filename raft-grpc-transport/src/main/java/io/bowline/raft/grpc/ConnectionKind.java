package io.bowline.raft.grpc;

import io.bowline.raft.model.Message;

/** What a connection between two nodes is for: a heartbeat never waits behind data. */
enum ConnectionKind {
  /** Votes and heartbeats. */
  CONTROL(1, "Control"),
  /** AppendEntries and the answers to them. */
  ENTRIES(2, "Entries");

  private final int code;
  private final String rpc;

  ConnectionKind(int code, String rpc) {
    this.code = code;
    this.rpc = rpc;
  }

  /** Its number on the wire. */
  int code() {
    return code;
  }

  /** Its method in {@code raft.proto}. */
  String rpc() {
    return rpc;
  }

  /** The connection on which such a message travels. */
  static ConnectionKind of(Message message) {
    return message instanceof Message.AppendEntries || message instanceof Message.AppendReply
        ? ENTRIES
        : CONTROL;
  }

  /** Requests go out on the asker's own connection, answers come back on the same. */
  static boolean isReply(Message message) {
    return message instanceof Message.AppendReply
        || message instanceof Message.HeartbeatReply
        || message instanceof Message.VoteReply
        || message instanceof Message.PreVoteReply;
  }
}
