package io.bowline.raft.grpc;

/**
 * What a transport holds back and keeps waiting, in bytes.
 *
 * @param controlQueueBytes votes and heartbeats that wait for one peer; more are dropped
 * @param entriesQueueBytes entries that wait for one peer; more are dropped
 * @param clientReplyBytes answers that wait for one client; above it its requests are not read
 * @param clientRequests requests of one client that may be unanswered; more are not read
 */
record TransportLimits(
    long controlQueueBytes, long entriesQueueBytes, long clientReplyBytes, int clientRequests) {
  /** Small messages that wait for a stream leave together, up to so many bytes. */
  static final int BATCH_BYTES = 64 << 10;

  static TransportLimits defaults() {
    return new TransportLimits(256 << 10, 16 << 20, 16 << 20, 16_384);
  }

  TransportLimits withPeerQueues(long controlBytes, long entriesBytes) {
    return new TransportLimits(controlBytes, entriesBytes, clientReplyBytes, clientRequests);
  }

  long queueBytes(ConnectionKind kind) {
    return kind == ConnectionKind.ENTRIES ? entriesQueueBytes : controlQueueBytes;
  }
}
