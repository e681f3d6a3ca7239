package io.bowline.raft.testkit;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The machines of a run: some nodes of one group, and clients behind them. */
public final class Cluster {
  static final ClusterId CLUSTER = ClusterId.of("sim");
  static final GroupId GROUP = GroupId.of("group");

  /** Is told of each client's command that a node applies before anybody else has. */
  interface Listener {
    void applied(int node, int client);
  }

  private static final long CENSUS_NANOS = 1_000_000_000L;

  private final Simulation simulation;
  private final SimulatedNetwork network;
  private final WireChecks wire;
  private final ProtocolChecks protocol;
  private final MessageMarks messageMarks;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final Service<?, ?> service;
  private final List<SimulatedClient<?, ?>> clients = new ArrayList<>();
  private final int machines;
  private long deathsInCall;
  private boolean healed;
  private @Nullable Listener listener;

  Cluster(Simulation simulation, ClusterSettings settings, Application<?, ?> application) {
    this.simulation = simulation;
    this.machines = settings.nodes().size() + settings.clients().size();
    this.service = new Service<>(simulation, application);
    this.network = new SimulatedNetwork(simulation, settings.network(), machines);
    this.wire = new WireChecks(simulation, settings.nodes().size());
    NodeSettings[] bounds = settings.nodes().toArray(new NodeSettings[0]);
    this.protocol = new ProtocolChecks(simulation, wire, bounds);
    network.observe(wire);
    network.observe(protocol);
    network.observe(new WindowChecks(simulation, bounds));
    if (SentBuffers.isOnIn(simulation)) {
      network.observe(new SentBuffers(simulation));
    }
    this.messageMarks = new MessageMarks(simulation.marks(), protocol, settings.nodes().size());
    network.observe(messageMarks);
    List<Member> members = new ArrayList<>();
    for (int slot = 0; slot < settings.nodes().size(); slot++) {
      network.listen(address(slot), slot);
      members.add(Member.voter(id(slot), address(slot)));
    }
    Membership initial = new Membership(members, settings.group());
    for (int slot = 0; slot < settings.nodes().size(); slot++) {
      nodes.add(new SimulatedNode(this, slot, settings.nodes().get(slot), initial));
    }
    if (settings.onlyCommands()) {
      history().askOnlyCommands();
    }
    for (ClientSettings client : settings.clients()) {
      int slot = nodes.size() + clients.size();
      clients.add(service.client(this, slot, client));
    }
  }

  Simulation simulation() {
    return simulation;
  }

  SimulatedNetwork network() {
    return network;
  }

  /** The application in this run. */
  Service<?, ?> service() {
    return service;
  }

  GhostLog<?, ?> ghost() {
    return service.ghost();
  }

  /** What clients asked and were answered. */
  History<?, ?> history() {
    return service.history();
  }

  List<SimulatedClient<?, ?>> clients() {
    return clients;
  }

  WireChecks wire() {
    return wire;
  }

  /** The ghost of the group, outside all nodes. */
  ProtocolChecks protocol() {
    return protocol;
  }

  /** How many nodes. */
  public int size() {
    return nodes.size();
  }

  /** How many machines: nodes and clients. */
  int machines() {
    return machines;
  }

  SimulatedNode node(int slot) {
    return nodes.get(slot);
  }

  List<SimulatedNode> nodes() {
    return nodes;
  }

  /** The id of the node in that slot. */
  public NodeId id(int slot) {
    return NodeId.of("n" + (slot + 1));
  }

  static String address(int slot) {
    return "n" + (slot + 1) + ":7000";
  }

  boolean has(NodeId id) {
    for (int slot = 0; slot < nodes.size(); slot++) {
      if (id(slot).equals(id)) {
        return true;
      }
    }
    return false;
  }

  int slot(NodeId id) {
    for (int slot = 0; slot < nodes.size(); slot++) {
      if (id(slot).equals(id)) {
        return slot;
      }
    }
    throw new IllegalArgumentException("no node " + id);
  }

  /** Who led last, as the wire shows; negative if nobody has. */
  int leaderSlot() {
    return wire.newestLeader();
  }

  /** Starts all nodes and clients. */
  void start() {
    nodes.forEach(SimulatedNode::start);
    clients.forEach(SimulatedClient::start);
    census();
  }

  private void census() {
    nodes.forEach(SimulatedNode::census);
    history().census();
    simulation.world(simulation.now() + CENSUS_NANOS, -1, "census", this::census);
  }

  // What faults do; nothing any more when everything is healed, whatever a storm still has to do.

  void crash(int slot) {
    if (healed) {
      return;
    }
    nodes.get(slot).crash();
  }

  void powerCut(int slot, double survival) {
    powerCut(slot, survival, 0);
  }

  /** The same, with neighbours of what was being written spoilt with that probability. */
  void powerCut(int slot, double survival, double spoilt) {
    if (healed) {
      return;
    }
    nodes.get(slot).powerCut(survival, spoilt);
  }

  void powerCutOfAll(double survival) {
    if (healed) {
      return;
    }
    nodes.forEach(node -> node.powerCut(survival));
    simulation.marks().cutsOfAll += size() > 1 ? 1 : 0;
  }

  void restart(int slot) {
    nodes.get(slot).start();
  }

  void arm(int slot, int changes, double survival) {
    if (!healed) {
      nodes.get(slot).arm(changes, survival);
    }
  }

  void disarm(int slot) {
    nodes.get(slot).disarm();
  }

  void pause(int slot, long nanos) {
    if (!healed) {
      nodes.get(slot).pause(nanos);
    }
  }

  /** The clock stands and the processes run; what they wait for by it waits longer. */
  void standClock(int slot, long nanos) {
    if (!healed) {
      simulation.marks().hit(Mark.LEADER_CLOCK_STOOD);
      nodes.get(slot).clock().suspend(nanos, simulation.now());
      history().clockStands(slot, nanos);
      protocol.promises().clockStands(slot, simulation.now() + nanos);
    }
  }

  void stop(SimulatedNode node) {
    if (!healed) {
      node.stop();
    }
  }

  /** Whom to tell, or nobody any more. */
  void onApplied(@Nullable Listener told) {
    listener = told;
  }

  /** A node has applied that call's command first, and has answered nobody yet. */
  void applied(int node, int asker) {
    int client = asker - nodes.size();
    if (listener != null && !healed && client >= 0) {
      listener.applied(node, client);
    }
  }

  /** Whether a quorum stands without this disk too, and it is whole. */
  boolean maySpoil(int slot) {
    return !healed && protocol.budget().maySpoil(slot);
  }

  /** Adds what was counted elsewhere. */
  void countMarks() {
    Marks marks = simulation.marks();
    history().countMarks(marks);
    network.counts().countMarks(marks);
    for (SimulatedNode node : nodes) {
      node.disk().counts().countMarks(marks);
    }
  }

  /** A process has ended: how many are left? */
  void died(int slot) {
    Marks marks = simulation.marks();
    if (leaderSlot() == slot) {
      marks.leaderDiedAt = simulation.now();
      tellOfBoth(marks);
    }
    int up = 0;
    for (SimulatedNode node : nodes) {
      up += node.isUp() ? 1 : 0;
    }
    marks.hitIf(up < size() / 2 + 1, Mark.QUORUM_DOWN);
    marks.hitIf(up == 0, Mark.ALL_DOWN);
  }

  boolean isCandidate(int slot) {
    return messageMarks.isCandidate(slot);
  }

  void clientDied() {
    simulation.marks().clientDiedAt = simulation.now();
    tellOfBoth(simulation.marks());
  }

  private static void tellOfBoth(Marks marks) {
    boolean both = marks.leaderDiedAt != Long.MIN_VALUE && marks.clientDiedAt != Long.MIN_VALUE;
    boolean close = Math.abs(marks.leaderDiedAt - marks.clientDiedAt) < 1_000_000_000L;
    marks.hitIf(both && close, Mark.CLIENT_AND_LEADER_CRASHED);
  }

  void diedInCall() {
    deathsInCall++;
  }

  /** How many processes died in the middle of a call to their disk. */
  long deathsInCall() {
    return deathsInCall;
  }

  void stall(int slot, long nanos) {
    if (!healed) {
      nodes.get(slot).stall(nanos);
    }
  }

  /** Everything is whole again and every node is up. */
  void heal() {
    simulation.marks().hit(Mark.HEALED_FULLY);
    heal(slot -> true, new Prng(0));
  }

  /**
   * Part of it is whole again, and the other nodes stay down or cut off for good.
   *
   * @param isCore whether the node in a slot is made whole
   */
  void heal(IntPredicate isCore, Prng random) {
    healed = true;
    network.heal();
    network.settings(NetworkSettings.calm());
    for (SimulatedNode node : nodes) {
      if (isCore.test(node.slot())) {
        node.heal();
      } else {
        leaveBroken(node, random.nextInt(4));
      }
    }
  }

  private void leaveBroken(SimulatedNode node, int how) {
    if (how == 0) {
      node.retire();
      return;
    }
    for (int other = 0; other < machines; other++) {
      if (other != node.slot() && how != 1) {
        network.cutForGood(node.slot(), other);
      }
      if (other != node.slot() && how != 2) {
        network.cutForGood(other, node.slot());
      }
    }
  }
}
