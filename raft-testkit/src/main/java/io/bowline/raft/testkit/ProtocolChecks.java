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
  private final @Nullable Incarnation[] incarnations;
  private final @Nullable Incarnation[] named;

  /** The highest index that the leader of each term has reported. */
  private final TreeMap<Long, Long> commitByTerm = new TreeMap<>();

  private final boolean[] bad;
  private final ToldRoles roles;

  ProtocolChecks(Simulation simulation, WireChecks wire, int nodes) {
    this.simulation = simulation;
    this.wire = wire;
    this.nodes = new StorageChecks[nodes];
    this.promises = new PromiseChecks(simulation, this, nodes);
    this.incarnations = new Incarnation[nodes];
    this.named = new Incarnation[nodes];
    this.bad = new boolean[nodes];
    this.roles = new ToldRoles(simulation, nodes);
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

  /** Whether the membership that is committed names this node's directory as it is now. */
  boolean isNamed(int slot) {
    Incarnation known = named[slot];
    return known != null && known.equals(incarnations[slot]);
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

  // Lives.

  void recovered(int slot, Incarnation incarnation, TermRuns log, long term) {
    incarnations[slot] = incarnation;
    promises.recovered(slot);
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
  void truncates(int slot, long first, TermRuns log, long newTerm) {
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

  // Elections.

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
        names(at.membership());
      }
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
