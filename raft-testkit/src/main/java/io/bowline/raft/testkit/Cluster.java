package io.bowline.raft.testkit;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import java.util.ArrayList;
import java.util.List;

/** The machines of a run: some nodes of one group, and clients behind them. */
public final class Cluster {
  static final ClusterId CLUSTER = ClusterId.of("sim");
  static final GroupId GROUP = GroupId.of("group");

  private final Simulation simulation;
  private final SimulatedNetwork network;
  private final WireChecks wire;
  private final ProtocolChecks protocol;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final Service<?, ?> service;
  private final List<SimulatedClient<?, ?>> clients = new ArrayList<>();
  private final int machines;
  private long deathsInCall;
  private boolean healed;

  Cluster(Simulation simulation, ClusterSettings settings, Application<?, ?> application) {
    this.simulation = simulation;
    this.machines = settings.nodes().size() + settings.clients().size();
    this.service = new Service<>(simulation, application);
    this.network = new SimulatedNetwork(simulation, settings.network(), machines);
    this.wire = new WireChecks(simulation, settings.nodes().size());
    this.protocol = new ProtocolChecks(simulation, wire, settings.nodes().size());
    network.observe(wire);
    network.observe(protocol);
    List<Member> members = new ArrayList<>();
    for (int slot = 0; slot < settings.nodes().size(); slot++) {
      network.listen(address(slot), slot);
      members.add(Member.voter(id(slot), address(slot)));
    }
    Membership initial = new Membership(members, settings.group());
    for (int slot = 0; slot < settings.nodes().size(); slot++) {
      nodes.add(new SimulatedNode(this, slot, settings.nodes().get(slot), initial));
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
  }

  // What faults do; nothing any more when everything is healed, whatever a storm still has to do.

  void crash(int slot) {
    if (healed) {
      return;
    }
    nodes.get(slot).crash();
  }

  void powerCut(int slot, double survival) {
    if (healed) {
      return;
    }
    nodes.get(slot).powerCut(survival);
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

  void stop(SimulatedNode node) {
    if (!healed) {
      node.stop();
    }
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
    healed = true;
    network.heal();
    network.settings(NetworkSettings.calm());
    for (SimulatedNode node : nodes) {
      node.heal();
    }
  }
}
