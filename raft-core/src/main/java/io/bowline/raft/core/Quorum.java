package io.bowline.raft.core;

import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import java.util.List;

/**
 * Majorities, and in a joint configuration both of them (§5.2, §6). Arrays are by the position of a
 * member in {@link Membership#members}; what stands there for a learner is not looked at.
 */
final class Quorum {
  /** How an election stands. */
  enum Verdict {
    PENDING,
    WON,
    LOST
  }

  static final byte UNKNOWN = 0;
  static final byte YES = 1;
  static final byte NO = 2;

  private Quorum() {}

  /**
   * The highest value that a quorum has reached: of match indexes what may be committed (§5.3), of
   * answered rounds the newest that is confirmed, of times when a quorum was last heard.
   */
  static long agreedIndex(Membership membership, long[] values) {
    return agreedIndex(membership.members(), values);
  }

  static long agreedIndex(List<Member> members, long[] values) {
    long incoming = majorityIndex(members, false, values);
    return isJoint(members) ? Math.min(incoming, majorityIndex(members, true, values)) : incoming;
  }

  /** The highest value that a majority of one set has reached; an empty set agrees to anything. */
  private static long majorityIndex(List<Member> members, boolean outgoing, long[] values) {
    int majority = majority(members, outgoing);
    long best = Long.MIN_VALUE;
    for (int i = 0; i < members.size(); i++) {
      if (votes(members.get(i), outgoing) && values[i] > best) {
        int reached = 0;
        for (int j = 0; j < members.size(); j++) {
          if (votes(members.get(j), outgoing) && values[j] >= values[i]) {
            reached++;
          }
        }
        if (reached >= majority) {
          best = values[i];
        }
      }
    }
    return majority == 0 ? Long.MAX_VALUE : best;
  }

  /** How the votes stand: won with both majorities, lost as soon as one is out of reach. */
  static Verdict vote(Membership membership, byte[] votes) {
    return vote(membership.members(), votes);
  }

  static Verdict vote(List<Member> members, byte[] votes) {
    Verdict incoming = majorityVote(members, false, votes);
    if (!isJoint(members)) {
      return incoming;
    }
    Verdict outgoing = majorityVote(members, true, votes);
    if (incoming == outgoing) {
      return incoming;
    }
    return incoming == Verdict.LOST || outgoing == Verdict.LOST ? Verdict.LOST : Verdict.PENDING;
  }

  /** How the votes of one set stand; an empty set is won. */
  private static Verdict majorityVote(List<Member> members, boolean outgoing, byte[] votes) {
    int yes = 0;
    int open = 0;
    for (int i = 0; i < members.size(); i++) {
      if (votes(members.get(i), outgoing)) {
        yes += votes[i] == YES ? 1 : 0;
        open += votes[i] == UNKNOWN ? 1 : 0;
      }
    }
    int majority = majority(members, outgoing);
    if (yes >= majority) {
      return Verdict.WON;
    }
    return yes + open >= majority ? Verdict.PENDING : Verdict.LOST;
  }

  private static int majority(List<Member> members, boolean outgoing) {
    int voters = 0;
    for (int i = 0; i < members.size(); i++) {
      voters += votes(members.get(i), outgoing) ? 1 : 0;
    }
    return voters == 0 ? 0 : voters / 2 + 1;
  }

  private static boolean isJoint(List<Member> members) {
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).role().isJoint()) {
        return true;
      }
    }
    return false;
  }

  private static boolean votes(Member member, boolean outgoing) {
    return outgoing ? member.role().votesOutgoing() : member.role().votesIncoming();
  }
}
