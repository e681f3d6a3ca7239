package io.bowline.raft.transport;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.NodeId;

/**
 * What a host says of itself in the first words on each connection (DESIGN 13).
 *
 * @param maxMessageBytes the most bytes of entries that it joins in one AppendEntries; a single
 *     entry may be larger, and is taken whatever stands here
 */
public record LocalNode(ClusterId cluster, NodeId node, int featureLevel, int maxMessageBytes) {}
