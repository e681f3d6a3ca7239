package io.bowline.raft.testkit;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The machines of a run: some nodes of one group, and clients behind them. */
public final class Cluster {
  static final ClusterId CLUSTER = ClusterId.of("sim");
  static final GroupId GROUP = GroupId.of("group");

  /** The second group of each host, in runs that have one. */
  static final GroupId NEIGHBOUR = GroupId.of("neighbour");

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
  private final DeathMarks deaths = new DeathMarks(this);
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final Service<?, ?> service;
  private final @Nullable Service<?, ?> neighbour;
  private final List<SimulatedClient<?, ?>> clients = new ArrayList<>();
  private final List<SimulatedClient<?, ?>> neighbourClients = new ArrayList<>();
  private final int machines;
  private long deathsInCall;
  private boolean healed;
  private @Nullable Listener listener;

  Cluster(Simulation simulation, ClusterSettings settings, Application<?, ?> application) {
    this.simulation = simulation;
    int asking = settings.clients().size() + (settings.neighbour() ? 1 : 0);
    this.machines = settings.nodes().size() + asking;
    this.service = new Service<>(simulation, application);
    this.neighbour =
        settings.neighbour() ? new Service<>(simulation, new Ledger(), NEIGHBOUR) : null;
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
    if (neighbour != null) {
      ClientSettings steady = ClientSettings.steady(simulation.random("steady client"));
      neighbourClients.add(neighbour.client(this, machines - 1, steady));
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

  /** What the second group of each host runs; {@code null} if there is none. */
  @Nullable Service<?, ?> neighbour() {
    return neighbour;
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
    neighbourClients.forEach(SimulatedClient::start);
    census();
  }

  private void census() {
    nodes.forEach(SimulatedNode::census);
    history().census();
    if (neighbour != null) {
      neighbour.history().census();
    }
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
      nodes.get(slot).armed().arm(changes, survival);
    }
  }

  void disarm(int slot) {
    nodes.get(slot).armed().disarm();
    restart(slot);
  }

  void pause(int slot, long nanos) {
    if (!healed) {
      nodes.get(slot).standstill().pause(nanos);
    }
  }

  /** The clock stands and the processes run; what they wait for by it waits longer. */
  void standClock(int slot, long nanos) {
    if (!healed) {
      simulation.marks().hit(Mark.LEADER_CLOCK_STOOD);
      nodes.get(slot).clock().suspend(nanos, simulation.now());
      history().clockStands(slot, nanos);
      if (neighbour != null) {
        neighbour.history().clockStands(slot, nanos);
      }
      protocol.promises().clockStands(slot, simulation.now() + nanos);
    }
  }

  /** That machine stands still for so long, or whoever waits there is told so much later. */
  void frozen(int slot, long nanos) {
    history().frozen(slot, nanos);
    if (neighbour != null) {
      neighbour.history().frozen(slot, nanos);
    }
  }

  /** The process is gone: nobody there waits for calls any more. */
  void abandoned(int slot) {
    history().abandoned(slot);
    if (neighbour != null) {
      neighbour.history().abandoned(slot);
    }
  }

  /** Foreign code on that machine does something else than it should. */
  void foreign(int slot, Consumer<ForeignCode> does) {
    if (!healed) {
      does.accept(nodes.get(slot).foreign());
    }
  }

  /** It does again what it should, and a node that has ended because of it is started. */
  void behaves(int slot) {
    nodes.get(slot).foreign().behaves();
    restart(slot);
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

  /**
   * Whether no directory is complete yet, so that this one may be lost: nobody has acknowledged
   * anything. Where nothing waits for a founding, no directory ever is.
   */
  boolean isBeingFounded(int slot) {
    return FoundingMix.SEEDS_OF_TWELVE > 0
        && !healed
        && neighbour == null // how far its founding is, is not known here
        && nodes.get(slot).lives() > 0
        && protocol.foundings().mayLose(slot);
  }

  /** Whether a quorum stands without this disk too, and it is whole. */
  boolean maySpoil(int slot) {
    // what the neighbours hold is in no budget
    return !healed && neighbour == null && protocol.budget().maySpoil(slot);
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

  /** Who died when, and whether all of them did at once. */
  DeathMarks deaths() {
    return deaths;
  }

  /** Whether faults are over, and nothing strikes any more. */
  boolean isHealed() {
    return healed;
  }

  boolean isCandidate(int slot) {
    return messageMarks.isCandidate(slot);
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
      nodes.get(slot).standstill().stall(nanos);
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
