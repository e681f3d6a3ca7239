package io.bowline.raft.testkit;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import java.util.Map;
import java.util.TreeSet;

/**
 * The ghost of the whole group, kept outside all nodes: who led when with which log, what is
 * committed, and for each node what its disk really holds. Every report of a commit is held against
 * the disks of a quorum, every leader against everything committed before it.
 */
final class ProtocolChecks implements SimulatedNetwork.Observer {
  private final Simulation simulation;
  private final WireChecks wire;
  private final StorageChecks[] nodes;
  private final PromiseChecks promises;
  private final Elections elections;
  private final DamageBudget budget;
  private final BoundsChecks bounds;
  private final KnownStarts starts;
  private final LongTable sessions = new LongTable();
  private final TermRuns committed = new TermRuns();
  private final NamedMembers members;
  private final Foundings foundings;
  private final ToldRoles roles;
  private final Marks marks;
  private final TreeSet<Long> truncated = new TreeSet<>();

  ProtocolChecks(Simulation simulation, WireChecks wire, NodeSettings[] settings) {
    int nodes = settings.length;
    this.bounds = new BoundsChecks(simulation, settings);
    this.starts = new KnownStarts(simulation, this, nodes);
    this.simulation = simulation;
    this.wire = wire;
    this.nodes = new StorageChecks[nodes];
    this.promises = new PromiseChecks(simulation, this, nodes);
    this.elections = new Elections(simulation, this, nodes);
    this.budget = new DamageBudget(this, nodes);
    this.roles = new ToldRoles(simulation, nodes);
    this.marks = simulation.marks();
    this.members = new NamedMembers();
    this.foundings = new Foundings(simulation, nodes);
  }

  void add(int slot, StorageChecks checks) {
    nodes[slot] = checks;
  }

  StorageChecks node(int slot) {
    return nodes[slot];
  }

  Marks marks() {
    return marks;
  }

  /** Who led when. */
  Elections elections() {
    return elections;
  }

  /** Which starts of directories were heard, and which of them are remembered. */
  KnownStarts starts() {
    return starts;
  }

  /** Which disks are spoilt, and which may be. */
  DamageBudget budget() {
    return budget;
  }

  /** What a node's configuration bounds. */
  BoundsChecks bounds() {
    return bounds;
  }

  PromiseChecks promises() {
    return promises;
  }

  static NodeId id(int slot) {
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
    budget.spoilt(slot);
    wire.forget(slot);
  }

  /** Its directory is another one now, or none: it has met nobody. */
  void replaced(int slot) {
    foundings.wiped(slot);
    starts.forgot(slot);
    wire.forget(slot);
  }

  boolean isSpoilt(int slot) {
    return budget.isSpoilt(slot);
  }

  // Lives.

  void recovered(int slot, TermRuns log, long term) {
    promises.recovered(slot);
    elections.started(slot);
    int lives = elections.lives(slot);
    marks.hitIf(lives == 10, Mark.TENTH_LIFE);
    marks.hitIf(lives > 1 && log.last() == 0, Mark.RECOVERED_EMPTY);
    marks.hitIf(lives > 1 && marks.newestTerm > term, Mark.STARTED_IN_OTHER_TERM);
    RunObserver observer = simulation.observer();
    roles.started(slot, term);
    observer.log(simulation.now(), slot, log.last(), log.lastTerm(), log.last());
  }

  // Logs.

  void entry(EntryBatch.Cursor cursor, long prevTerm) {
    wire.entries().entry(cursor, prevTerm);
  }

  void membership(EntryId id, Membership membership) {
    members.written(id, membership);
  }

  /**
   * The guard of truncations: a leader drops nothing, and an entry never goes in a term in which it
   * is committed, or a later one. In an earlier one it may: a late message of a leader without it
   * may reach who has not heard of the leader that committed it (§5.4.3).
   */
  void truncates(int slot, long first, TermRuns log, EntryBatch batch) {
    truncationMarks(slot, first, log, batch);
    long term = nodes[slot].term();
    if (leads(slot, term)) {
      throw fail("LEADER_APPENDS_ONLY", slot, "overwrites from " + first + " in " + term);
    }
    if (first <= elections.committedUpTo(term) && committed.holds(first, log.termAt(first))) {
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
    return elections.hasLeader(term);
  }

  boolean leads(int slot, long term) {
    return elections.leads(slot, term);
  }

  private void elected(int slot, long term) {
    if (elections.elected(slot, term)) {
      bounds.leadsNoLonger(slot); // what it has written so far is of others
      roles.is(slot, "LEADER", term);
    }
  }

  long leadersTermAt(long term, long index) {
    return elections.leadersTermAt(term, index);
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
      elections.asks(from, ask);
    } else if (message instanceof Message.VoteReply reply && reply.granted()) {
      elections.votes().granted(from, to, reply.term());
    }
    if (simulation.isObserved()) {
      roles.sent(from, message);
    }
    promises.sent(from, to, message);
  }

  @Override
  public void received(int from, int to, boolean fromTheDead, Message message) {
    if (!fromTheDead) {
      starts.heard(from, to);
    }
    if (message instanceof Message.VoteReply reply && reply.granted()) {
      elections.votes().heard(from, to, reply.term());
    }
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
      elections.votes().leadsAlone(slot, own);
      elected(slot, own);
      return own;
    }
    long term = elections.newestTermOf(slot);
    if (term == 0) {
      throw fail("COMMIT_BY_LEADER", slot, "commits " + index + " and never led");
    }
    return term;
  }

  /** Nobody has said so before: the disks of a quorum must hold it, and all later leaders. */
  private void firstReport(int slot, long term, long index) {
    int holders = 0;
    TermRuns sample = null;
    for (int other = 0; other < nodes.length; other++) {
      TermRuns held = nodes[other].durable().log();
      if (held.holds(index, term) && !budget.isSpoilt(other)) {
        holders++;
        sample = held;
      }
    }
    if (sample == null || holders < budget.holdersNeeded()) {
      throw fail(
          "COMMITTED_ON_QUORUM",
          slot,
          "commits " + index + " in term " + term + ", durable on " + holders + " nodes: " + all());
    }
    long before = committed.last();
    committed.extendFrom(sample, index);
    commitMarks(slot, term, before, holders);
    elections.reported(term, index);
    for (Map.Entry<Long, Elections.Lead> later : elections.after(term).entrySet()) {
      if (!later.getValue().atElection().holds(index, term)) {
        throw fail(
            "LEADER_COMPLETENESS",
            later.getValue().slot(),
            "led " + later.getKey() + " without " + index + "@" + term);
      }
    }
    members.committed(committed, before);
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

  /** How the group was founded. */
  Foundings foundings() {
    return foundings;
  }

  /** A directory's founding is that now, durably. */
  void wrote(int slot, Founding next) {
    foundings.wrote(slot, next);
    Membership record = next.record();
    if (next.isComplete() && record != null) {
      members.founded(record);
    }
  }

  /** Whose directories the founding record and the committed memberships name. */
  NamedMembers members() {
    return members;
  }

  /** Its state machine is so far: what it was given is committed, and durable here (O5). */
  void applied(int slot, long index) {
    TermRuns held = nodes[slot].durable().log();
    boolean durable = held.termAt(index) == committed.termAt(index) || budget.isSpoilt(slot);
    if (index > committed.last() || !durable) {
      throw fail(
          "APPLIED_IS_DURABLE",
          slot,
          "applied " + index + " of " + committed + ", its disk holds " + held);
    }
    if (members.founding() == null) {
      throw fail("FOUNDED_FIRST", slot, "applied " + index + ", and nobody is complete");
    }
    simulation.observer().applied(simulation.now(), slot, index);
  }

  /** Sessions are state too: nodes that have applied as much keep the same (I13). */
  void sessions(int slot, long index, long hash) {
    long known = sessions.putIfAbsent(index, hash + 1);
    if (known != 0 && known != hash + 1) {
      throw fail("SESSIONS_EQUAL", slot, "keeps other sessions than another node at " + index);
    }
    marks.hitIf(known != 0, Mark.SESSIONS_COMPARED);
  }

  /** Of its log that many bytes are in memory, when it has applied so far. */
  void cached(int slot, long index, long bytes) {
    nodes[slot].cached(index, bytes);
  }

  /** Whether all that is committed stands on its disk, and not another term's entry there. */
  boolean hasAll(int slot) {
    long last = committed.last();
    return nodes[slot].durable().log().termAt(last) == committed.termAt(last);
  }

  /** What is committed stands on this disk too: at the end, when everybody has caught up. */
  void requireWhole(int slot) {
    if (!hasAll(slot)) {
      TermRuns held = nodes[slot].durable().log();
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
