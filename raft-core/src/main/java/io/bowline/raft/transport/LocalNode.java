package io.bowline.raft.transport;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.NodeId;

/**
 * What a host says of itself in the first words on each connection (DESIGN 13).
 *
 * @param maxMessageBytes the largest AppendEntries it takes, headers aside
 */
public record LocalNode(ClusterId cluster, NodeId node, int featureLevel, int maxMessageBytes) {}
