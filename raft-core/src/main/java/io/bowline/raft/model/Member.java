package io.bowline.raft.model;

import org.jspecify.annotations.Nullable;

/**
 * One member as a membership entry names it.
 *
 * @param id its name
 * @param incarnation the directory that counts; {@code null} only in a list that no group was
 *     founded by yet
 * @param address where its transport listens, {@code host:port}
 * @param role what it counts for
 * @param priority higher is preferred as leader; 0 is neutral
 * @param featureLevel the newest format that it can read
 */
public record Member(
    NodeId id,
    @Nullable Incarnation incarnation,
    String address,
    MemberRole role,
    int priority,
    int featureLevel) {
  /** A voter whose directory is not named yet. */
  public static Member voter(NodeId id, String address) {
    return new Member(id, null, address, MemberRole.VOTER, 0, Membership.FEATURE_LEVEL);
  }

  /** The directory that counts as this member; {@code null} until one is named. */
  public @Nullable Peer peer() {
    return incarnation == null ? null : new Peer(id, incarnation);
  }

  /** Whether it is this directory that counts as the member. */
  public boolean is(Peer peer) {
    return id.equals(peer.id()) && peer.incarnation().equals(incarnation);
  }

  /** The same member, named. */
  public Member named(Incarnation heard) {
    return new Member(id, heard, address, role, priority, featureLevel);
  }
}
