/**
 * Bowline over gRPC: two connections to each peer, one for control and one for entries, and one
 * stream for each client. Uses {@code transport}, {@code client} and {@code model}. Callbacks run
 * on netty's threads and only hand over. Begin with {@code GrpcTransport}; what the wire looks like
 * stands in docs/design/wire-protocol.md.
 */
@NullMarked
package io.bowline.raft.grpc;

import org.jspecify.annotations.NullMarked;
