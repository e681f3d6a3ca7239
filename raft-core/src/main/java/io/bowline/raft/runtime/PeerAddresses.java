package io.bowline.raft.runtime;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.Transport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where each member listens: as the membership in force says, and where else it may be tried. The
 * transport is told of each change.
 */
final class PeerAddresses {
  private final GroupId group;
  private final NodeId self;
  private final Transport transport;
  private final Foreign foreign;
  private final @Nullable Membership hints;
  private volatile Membership membership;

  /**
   * Tells nobody yet.
   *
   * @param hints a membership that says where else members may be reached; null for none
   */
  PeerAddresses(
      GroupId group,
      NodeId self,
      Transport transport,
      Foreign foreign,
      Membership initial,
      @Nullable Membership hints) {
    this.group = group;
    this.self = self;
    this.transport = transport;
    this.foreign = foreign;
    this.membership = initial;
    this.hints = hints;
  }

  /** The membership in force. Any thread. */
  Membership membership() {
    return membership;
  }

  /** Whether that directory is one of those that the membership in force names. Any thread. */
  boolean counts(Incarnation directory) {
    return membership.members().stream().anyMatch(m -> directory.equals(m.incarnation()));
  }

  /** The address of a member; null if it is none. */
  @Nullable String of(@Nullable NodeId id) {
    Member member = id == null ? null : membership.member(id);
    return member == null ? null : member.address();
  }

  /** From now on this membership is in force. */
  void tell(Membership effective) {
    membership = effective;
    Map<NodeId, List<String>> addresses = new LinkedHashMap<>();
    for (Member member : effective.members()) {
      if (!member.id().equals(self)) {
        addresses.put(member.id(), placesOf(member));
      }
    }
    foreign.call("the transport", () -> transport.peers(group, addresses));
  }

  private List<String> placesOf(Member member) {
    Member hint = hints == null ? null : hints.member(member.id());
    return hint == null || hint.address().equals(member.address())
        ? List.of(member.address())
        : List.of(member.address(), hint.address());
  }
}
