package io.bowline.raft.testkit;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The ghost of the whole group, kept outside all nodes: who led when with which log, what is
 * committed, and for each node what its disk really holds. Every report of a commit is held against
 * the disks of a quorum, every leader against everything committed before it.
 */
final class ProtocolChecks implements SimulatedNetwork.Observer {
  /** Who leads a term, and its log when it was elected. */
  private record Lead(int slot, TermRuns atElection, long asked) {}

  private final Simulation simulation;
  private final WireChecks wire;
  private final StorageChecks[] nodes;
  private final PromiseChecks promises;
  private final TreeMap<Long, Lead> leads = new TreeMap<>();
  private final TermRuns committed = new TermRuns();
  private final TreeMap<Long, EntryBatch.MembershipAt> memberships = new TreeMap<>();
  private final Map<Integer, EntryId> asked = new TreeMap<>();
  private final @Nullable Incarnation[] named;

  /** The highest index that the leader of each term has reported. */
  private final TreeMap<Long, Long> commitByTerm = new TreeMap<>();

  private final boolean[] bad;
  private final ToldRoles roles;
  private final Marks marks;
  private final TreeSet<Long> truncated = new TreeSet<>();
  private final long[] startedAt;
  private final int[] lives;

  ProtocolChecks(Simulation simulation, WireChecks wire, int nodes) {
    this.simulation = simulation;
    this.wire = wire;
    this.nodes = new StorageChecks[nodes];
    this.promises = new PromiseChecks(simulation, this, nodes);
    this.named = new Incarnation[nodes];
    this.bad = new boolean[nodes];
    this.roles = new ToldRoles(simulation, nodes);
    this.marks = simulation.marks();
    this.startedAt = new long[nodes];
    this.lives = new int[nodes];
  }

  void add(int slot, StorageChecks checks) {
    nodes[slot] = checks;
  }

  StorageChecks node(int slot) {
    return nodes[slot];
  }

  PromiseChecks promises() {
    return promises;
  }

  NodeId id(int slot) {
    return NodeId.of("n" + (slot + 1));
  }

  /** The highest index that anybody has reported as committed. */
  long commitIndex() {
    return committed.last();
  }

  /** The terms of what is committed. */
  TermRuns committed() {
    return committed;
  }

  /** Its disk was wiped, replaced or damaged: nobody may count on what it held. */
  void spoilt(int slot) {
    bad[slot] = true;
    wire.forget(slot);
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

  /**
   * Whether all that is committed stands on one more of the other disks than may be missing while a
   * quorum stands (TESTKIT 1.2), and everybody's directory is named, so that a stranger is known.
   */
  boolean isWholeWithout(int slot) {
    long last = committed.last();
    int holders = 0;
    for (int other = 0; other < nodes.length; other++) {
      boolean holds = nodes[other].durable().log().holds(last, committed.termAt(last));
      holders += other != slot && !bad[other] && holds ? 1 : 0;
    }
    return allNamed() && holders >= nodes.length - nodes.length / 2;
  }

  /** Whether each quorum meets another whole disk that has all that this one ever promised. */
  boolean othersHoldAllOf(int slot) {
    TermRuns own = nodes[slot].durable().log();
    int holders = 0;
    for (int other = 0; other < nodes.length; other++) {
      TermRuns held = nodes[other].durable().log();
      boolean holds = own.last() == 0 || held.holds(own.last(), own.lastTerm());
      holders += other != slot && !bad[other] && holds ? 1 : 0;
    }
    return holders >= nodes.length - nodes.length / 2;
  }

  // Lives.

  void recovered(int slot, TermRuns log, long term) {
    promises.recovered(slot);
    startedAt[slot] = simulation.now();
    lives[slot]++;
    marks.hitIf(lives[slot] == 10, Mark.TENTH_LIFE);
    marks.hitIf(lives[slot] > 1 && log.last() == 0, Mark.RECOVERED_EMPTY);
    marks.hitIf(lives[slot] > 1 && marks.newestTerm > term, Mark.STARTED_IN_OTHER_TERM);
    RunObserver observer = simulation.observer();
    roles.started(slot, term);
    observer.log(simulation.now(), slot, log.last(), log.lastTerm(), log.last());
  }

  // Logs.

  void entry(EntryBatch.Cursor cursor, long prevTerm) {
    wire.entries().entry(cursor, prevTerm);
  }

  void membership(EntryId id, Membership membership) {
    memberships.put(id.index(), new EntryBatch.MembershipAt(id, membership));
  }

  /** The guard of truncations: a committed entry never goes, a leader drops nothing. */
  void truncates(int slot, long first, TermRuns log, EntryBatch batch) {
    long newTerm = batch.last().term();
    truncationMarks(slot, first, log, batch);
    if (leads(slot, newTerm)) {
      throw fail("LEADER_APPENDS_ONLY", slot, "overwrites from " + first + " in " + newTerm);
    }
    if (committed.holds(first, log.termAt(first))) {
      throw fail(
          "COMMITTED_STAYS",
          slot,
          "truncates " + log + " from " + first + ", committed are " + committed);
    }
  }

  private void truncationMarks(int slot, long first, TermRuns log, EntryBatch batch) {
    marks.hit(Mark.TRUNCATED);
    marks.hitIf(log.last() - first >= 9, Mark.TRUNCATED_MANY);
    marks.hitIf(nodes[slot].durable().log().last() >= first, Mark.TRUNCATED_DURABLE);
    marks.hitIf(batch.lastIndex() < log.last(), Mark.TRUNCATED_BY_SHORTER);
    marks.hitIf(!truncated.add(first * 8 + slot), Mark.TRUNCATED_TWICE_AT_ONE_INDEX);
    marks.hitIf(log.termAt(first) != log.lastTerm(), Mark.TRUNCATED_OLDER_LEADERS_ENTRIES);
  }

  // Elections.

  boolean hasLeader(long term) {
    return leads.containsKey(term);
  }

  boolean leads(int slot, long term) {
    Lead lead = leads.get(term);
    return lead != null && lead.slot() == slot;
  }

  /** It was elected: whatever was committed before must be in its log. */
  void elected(int slot, long term) {
    if (leads.containsKey(term)) {
      return;
    }
    TermRuns log = nodes[slot].log().copy();
    EntryId last = asked.get(slot);
    long known = last == null ? log.last() : Math.max(log.last(), last.index());
    electionMarks(slot, term, log, known);
    leads.put(term, new Lead(slot, log, known));
    roles.is(slot, "LEADER", term);
    Map.Entry<Long, Long> before = commitByTerm.lowerEntry(term);
    long commit = before == null ? 0 : before.getValue();
    boolean lacks = known < commit;
    boolean differs = log.last() >= commit && log.termAt(commit) != committed.termAt(commit);
    if (lacks || differs) {
      throw fail(
          "LEADER_COMPLETENESS", slot, "leads " + term + " with " + log + " of " + committed);
    }
  }

  private void electionMarks(int slot, long term, TermRuns log, long known) {
    marks.hit(Mark.ELECTION_WON);
    marks.hitIf(leads.size() == 5, Mark.FIVE_LEADERS);
    marks.hitIf(term >= 10, Mark.TERM_TEN);
    marks.hitIf(known > committed.last(), Mark.ELECTED_WITH_UNCOMMITTED_TAIL);
    marks.hitIf(lives[slot] >= 5, Mark.ELECTED_IN_FIFTH_LIFE);
    boolean fresh = lives[slot] > 1 && simulation.now() - startedAt[slot] < 1_000_000_000L;
    marks.hitIf(fresh, Mark.ELECTED_RIGHT_AFTER_START);
    for (StorageChecks other : nodes) {
      TermRuns held = other.durable().log();
      if (held.last() > known) {
        marks.hit(Mark.ELECTED_WITHOUT_ALL_ENTRIES);
        marks.hitIf(held.lastTerm() < log.lastTerm(), Mark.ELECTED_WITH_LOWER_LAST_INDEX);
      }
    }
    Map.Entry<Long, Lead> before = leads.lowerEntry(term);
    if (before != null) {
      boolean same = before.getValue().slot() == slot;
      marks.hit(same ? Mark.LEADER_REELECTED : Mark.LEADER_CHANGED);
      boolean followed = !same && log.lastTerm() == before.getKey();
      marks.hitIf(followed, Mark.LEADER_DEPOSED_BY_ITS_FOLLOWER);
    }
    marks.newestTerm = Math.max(marks.newestTerm, term);
  }

  /** The term that the leader of that term has at an index; 0 if that cannot be told. */
  long leadersTermAt(long term, long index) {
    Lead lead = leads.get(term);
    if (lead == null || (index > lead.atElection().last() && index <= lead.asked())) {
      return 0;
    }
    return index <= lead.atElection().last() ? lead.atElection().termAt(index) : term;
  }

  // Commits.

  @Override
  public void sent(int from, int to, Message message) {
    if (message instanceof Message.AppendEntries append) {
      elected(from, append.term());
      commits(from, append.term(), append.commit());
    } else if (message instanceof Message.Heartbeat beat
        && leadersTermAt(beat.term(), beat.commit()) == beat.term()) {
      elected(from, beat.term());
      commits(from, beat.term(), beat.commit());
    } else if (message instanceof Message.Heartbeat beat) {
      elected(from, beat.term());
    } else if (message instanceof Message.RequestVote ask) {
      asked.put(from, ask.last());
    }
    if (simulation.isObserved()) {
      roles.sent(from, message);
    }
    promises.sent(from, to, message);
  }

  /** A leader says that it has committed so far. */
  private void commits(int slot, long term, long index) {
    if (index > committed.last()) {
      firstReport(slot, term, index);
    }
  }

  /** A node's own commit index has grown. */
  void committed(int slot, long index) {
    if (index > committed.last()) {
      firstReport(slot, termLedBy(slot, index), index);
    }
    marks.hitIf(index > nodes[slot].durable().log().last(), Mark.COMMIT_AHEAD_OF_DISK);
    simulation.observer().commit(simulation.now(), slot, index);
  }

  /** The newest term that it led. One node alone tells nobody when it is elected. */
  private long termLedBy(int slot, long index) {
    if (nodes.length == 1) {
      long own = nodes[slot].durable().ballot().term();
      elected(slot, own);
      return own;
    }
    for (Map.Entry<Long, Lead> lead : leads.descendingMap().entrySet()) {
      if (lead.getValue().slot() == slot) {
        return lead.getKey();
      }
    }
    throw fail("COMMIT_BY_LEADER", slot, "commits " + index + " and never led");
  }

  /** Nobody has said so before: the disks of a quorum must hold it, and all later leaders. */
  private void firstReport(int slot, long term, long index) {
    int holders = 0;
    TermRuns sample = null;
    for (int other = 0; other < nodes.length; other++) {
      TermRuns held = nodes[other].durable().log();
      if (held.holds(index, term) && !bad[other]) {
        holders++;
        sample = held;
      }
    }
    if (sample == null || holders < holdersNeeded()) {
      throw fail(
          "COMMITTED_ON_QUORUM",
          slot,
          "commits " + index + " in term " + term + ", durable on " + holders + " nodes: " + all());
    }
    long before = committed.last();
    committed.extendFrom(sample, index);
    commitMarks(slot, term, before, holders);
    commitByTerm.put(term, index);
    for (Map.Entry<Long, Lead> later : leads.tailMap(term, false).entrySet()) {
      if (!later.getValue().atElection().holds(index, term)) {
        throw fail(
            "LEADER_COMPLETENESS",
            later.getValue().slot(),
            "led " + later.getKey() + " without " + index + "@" + term);
      }
    }
    for (EntryBatch.MembershipAt at : memberships.subMap(before + 1, index + 1).values()) {
      if (committed.holds(at.id().index(), at.id().term())) {
        marks.hit(
            memberships.firstKey() == at.id().index()
                ? Mark.MEMBERSHIP_COMMITTED
                : Mark.MEMBERSHIP_SECOND);
        names(at.membership());
        marks.hitIf(at.membership().namesIncarnations() && allNamed(), Mark.ALL_NAMED);
      }
    }
  }

  private void commitMarks(int slot, long term, long before, int holders) {
    marks.hit(Mark.COMMITTED);
    marks.hitIf(committed.last() - before >= 32, Mark.COMMITTED_MANY);
    marks.hitIf(committed.termAt(before + 1) < term, Mark.COMMITTED_OLDER_TERM);
    boolean twoTerms =
        committed.termAt(before + 1) < committed.termAt(Math.max(1, committed.last() - 1))
            && committed.termAt(committed.last() - 1) < term;
    marks.hitIf(twoTerms, Mark.COMMITTED_TWO_OLDER_TERMS);
    marks.hitIf(nodes.length > 2 && holders == nodes.length / 2 + 1, Mark.COMMITTED_BY_BARE_QUORUM);
    marks.hitIf(holders == nodes.length, Mark.COMMITTED_BY_ALL);
    boolean own = nodes[slot].durable().log().holds(committed.last(), term);
    marks.hitIf(!own, Mark.COMMITTED_WITHOUT_LEADERS_DISK);
    marks.hitIf(marks.newestTerm > term, Mark.COMMITTED_BY_OLD_LEADER);
    marks.hitIf(marks.cutsOfAll > 0, Mark.COMMITTED_AFTER_POWER_CUT_OF_ALL);
    for (int other = 0; other < nodes.length; other++) {
      marks.hitIf(nodes[other].isDown(), Mark.COMMITTED_WITH_NODE_DOWN);
      marks.hitIf(promises.isPaused(other), Mark.COMMITTED_WITH_NODE_PAUSED);
    }
  }

  /**
   * A majority; once disks were spoilt, so many that each quorum of those that still count meets
   * one of them.
   */
  private int holdersNeeded() {
    int majority = nodes.length / 2 + 1;
    int spoilt = spoilt();
    return spoilt == 0 ? majority : Math.max(1, nodes.length - spoilt - majority + 1);
  }

  private void names(Membership membership) {
    for (Member member : membership.members()) {
      for (int slot = 0; slot < nodes.length; slot++) {
        if (id(slot).equals(member.id()) && member.incarnation() != null) {
          named[slot] = member.incarnation();
        }
      }
    }
  }

  /** Whether the membership that is committed names each node's directory. */
  boolean allNamed() {
    for (Incarnation one : named) {
      if (one == null) {
        return false;
      }
    }
    return true;
  }

  /** Its state machine is so far: what it was given is committed, and durable here (O5). */
  void applied(int slot, long index) {
    TermRuns held = nodes[slot].durable().log();
    boolean durable = held.termAt(index) == committed.termAt(index) || bad[slot];
    if (index > committed.last() || !durable) {
      throw fail(
          "APPLIED_IS_DURABLE",
          slot,
          "applied " + index + " of " + committed + ", its disk holds " + held);
    }
    simulation.observer().applied(simulation.now(), slot, index);
  }

  /** Whether all that is committed stands on its disk. */
  boolean hasAll(int slot) {
    return nodes[slot].durable().log().last() >= committed.last();
  }

  /** What is committed stands on this disk too: at the end, when everybody has caught up. */
  void requireWhole(int slot) {
    TermRuns held = nodes[slot].durable().log();
    long last = committed.last();
    if (held.termAt(last) != committed.termAt(last)) {
      throw fail("DURABILITY", slot, "holds " + held + " at the end, committed are " + committed);
    }
  }

  private String all() {
    StringBuilder text = new StringBuilder();
    for (StorageChecks node : nodes) {
      text.append(node.durable().log()).append(' ');
    }
    return text.toString().trim();
  }

  SimulationFailure fail(String check, int slot, String what) {
    return simulation.failure(check, "n" + (slot + 1) + " " + what);
  }
}
