package io.bowline.raft.transport;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;

/**
 * What a node says of one group before the group's first message on each connection (DESIGN 13).
 *
 * @param initialHash {@code Membership.hash()} of the list it was bootstrapped with
 * @param startCounter of this start; a lower one than was seen before is a restored copy
 */
public record GroupHello(
    GroupId group, long initialHash, Incarnation incarnation, long startCounter) {}
