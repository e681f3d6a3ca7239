package io.bowline.raft.core;

import io.bowline.raft.model.EntryBatch.MembershipAt;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Peer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Memberships by index. One is in force from when its entry is appended until truncated (§6). Who
 * counts follows the one in force; who was removed, only what is committed (identity 13, 14).
 */
final class MembershipLog {
  /** Oldest first; the first one is the founding record, at index 0, and committed. */
  private final List<MembershipAt> known = new ArrayList<>();

  private final Peer self;
  private boolean selfCampaigns;

  /** The position in {@link #known} of the newest that is committed. */
  private int committed;

  private final Set<Incarnation> removed = new LinkedHashSet<>();

  MembershipLog(Peer self, Membership founding, List<MembershipAt> later) {
    this.self = self;
    known.add(new MembershipAt(EntryId.ZERO, founding));
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

  /** Everything up to there is committed: whom a later membership does not name is removed. */
  void committed(long index) {
    while (committed + 1 < known.size() && known.get(committed + 1).id().index() <= index) {
      Membership before = known.get(committed++).membership();
      Membership after = known.get(committed).membership();
      before.members().forEach(member -> noteRemoved(member, true));
      after.members().forEach(member -> noteRemoved(member, false));
    }
  }

  private void noteRemoved(Member member, boolean gone) {
    Incarnation incarnation = member.incarnation();
    if (incarnation != null) {
      if (gone) {
        removed.add(incarnation);
      } else {
        removed.remove(incarnation);
      }
    }
  }

  /** A committed membership named it once, and the newest committed one does not (identity 14). */
  boolean isRemoved(Peer peer) {
    return !removed.isEmpty() && removed.contains(peer.incarnation());
  }

  /** The directory's position in the effective membership, or one behind the last if it is none. */
  int slot(Peer peer) {
    List<Member> members = effective().members();
    int slot = 0;
    while (slot < members.size() && !members.get(slot).is(peer)) {
      slot++;
    }
    return slot;
  }

  /** Whether its votes, rounds and acknowledgements count (identity 13). */
  boolean counts(Peer peer) {
    return effective().names(peer);
  }

  /** Only voters campaign, and only as the directory that others count. */
  boolean selfCampaigns() {
    return selfCampaigns;
  }

  private void changed() {
    int slot = slot(self);
    List<Member> members = effective().members();
    selfCampaigns =
        slot < members.size()
            && (members.get(slot).role().votesIncoming()
                || members.get(slot).role().votesOutgoing());
  }

  private MembershipAt newest() {
    return known.get(known.size() - 1);
  }
}
