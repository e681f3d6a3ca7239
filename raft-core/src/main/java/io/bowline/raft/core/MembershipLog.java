package io.bowline.raft.core;

import io.bowline.raft.model.EntryBatch.MembershipAt;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Memberships by index. One is in force from when its entry is appended until truncated (§6). */
final class MembershipLog {
  /** Oldest first; the first one is the initial membership, at index 0. */
  private final List<MembershipAt> known = new ArrayList<>();

  private final NodeId self;
  private final Incarnation incarnation;
  private boolean named;
  private boolean selfCampaigns;
  private boolean unnamed;

  MembershipLog(
      NodeId self, Incarnation incarnation, Membership initial, List<MembershipAt> later) {
    this.self = self;
    this.incarnation = incarnation;
    known.add(new MembershipAt(EntryId.ZERO, initial));
    known.addAll(later);
    changed();
  }

  /** In force since it was appended. */
  Membership effective() {
    return newest().membership();
  }

  long effectiveIndex() {
    return newest().id().index();
  }

  void append(MembershipAt entry) {
    known.add(entry);
    changed();
  }

  /** Drops those from {@code first} on; the one before them is in force again. */
  void truncate(long first) {
    while (effectiveIndex() >= first) {
      known.remove(known.size() - 1);
    }
    changed();
  }

  /** The member's position in the effective membership, or one behind the last if it is none. */
  int slot(NodeId id) {
    List<Member> members = effective().members();
    int slot = 0;
    while (slot < members.size() && !members.get(slot).id().equals(id)) {
      slot++;
    }
    return slot;
  }

  boolean isMember(NodeId id) {
    return slot(id) < effective().members().size();
  }

  /** Whether its vote and its acknowledgements count if it is this incarnation (DESIGN 13). */
  boolean counts(NodeId id, @Nullable Incarnation incarnation) {
    Member member = effective().member(id);
    if (member == null || !named) {
      return member != null;
    }
    return member.incarnation() != null && member.incarnation().equals(incarnation);
  }

  /** Whether a member's incarnation is not known to all yet. */
  boolean hasUnnamed() {
    return unnamed;
  }

  /** Only voters campaign, and only as the directory that others count (DESIGN 13). */
  boolean selfCampaigns() {
    return selfCampaigns;
  }

  private void changed() {
    named = effective().namesIncarnations();
    unnamed = effective().members().stream().anyMatch(m -> m.incarnation() == null);
    Member me = effective().member(self);
    boolean voter = me != null && (me.role().votesIncoming() || me.role().votesOutgoing());
    selfCampaigns = voter && counts(self, incarnation);
  }

  private MembershipAt newest() {
    return known.get(known.size() - 1);
  }
}
