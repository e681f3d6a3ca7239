package io.bowline.raft.testkit;

/**
 * Which disks were spoilt, and whether another one may be (TESTKIT 1.2): while a quorum stands
 * without it, and what it held is still where each quorum meets it.
 */
final class DamageBudget {
  private final ProtocolChecks protocol;
  private final boolean[] bad;

  DamageBudget(ProtocolChecks protocol, int nodes) {
    this.protocol = protocol;
    this.bad = new boolean[nodes];
  }

  void spoilt(int slot) {
    bad[slot] = true;
  }

  boolean isSpoilt(int slot) {
    return bad[slot];
  }

  int spoilt() {
    int count = 0;
    for (boolean one : bad) {
      count += one ? 1 : 0;
    }
    return count;
  }

  /** Whether a quorum stands without this disk too, and it is whole. */
  boolean maySpoil(int slot) {
    return !bad[slot] && spoilt() + 1 <= (bad.length - 1) / 2 && isWholeWithout(slot);
  }

  /**
   * Whether all that is committed stands on one more of the other disks than may be missing while a
   * quorum stands, and everybody is complete, so that a stranger is known.
   */
  private boolean isWholeWithout(int slot) {
    TermRuns committed = protocol.committed();
    long last = committed.last();
    return protocol.foundings().isComplete() && othersHold(slot, last, committed.termAt(last));
  }

  /** Whether each quorum meets another whole disk that has all that this one ever promised. */
  boolean othersHoldAllOf(int slot) {
    TermRuns own = protocol.node(slot).durable().log();
    return othersHold(slot, own.last(), own.lastTerm());
  }

  private boolean othersHold(int slot, long index, long term) {
    int holders = 0;
    for (int other = 0; other < bad.length; other++) {
      TermRuns held = protocol.node(other).durable().log();
      boolean holds = index == 0 || held.holds(index, term);
      holders += other != slot && !bad[other] && holds ? 1 : 0;
    }
    return holders >= bad.length - bad.length / 2;
  }

  /**
   * How many disks must hold what is committed: a majority; once disks were spoilt, so many that
   * each quorum of those that still count meets one of them.
   */
  int holdersNeeded() {
    int majority = bad.length / 2 + 1;
    int spoilt = spoilt();
    return spoilt == 0 ? majority : Math.max(1, bad.length - spoilt - majority + 1);
  }
}
