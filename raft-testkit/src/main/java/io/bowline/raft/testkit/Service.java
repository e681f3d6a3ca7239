package io.bowline.raft.testkit;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.testkit.linearizability.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** An application in one run: what all nodes and clients share of it, and what is known of it. */
final class Service<C, R> {
  private final Simulation simulation;
  private final GroupId group;
  private final Application<C, R> application;
  private final SerialCodec<C> commands;
  private final GhostLog<C, R> ghost;
  private final History<C, R> history;
  private final Map<Integer, Replica<C, R>> replicas = new TreeMap<>();

  Service(Simulation simulation, Application<C, R> application) {
    this(simulation, application, Cluster.GROUP);
  }

  /** The service of that group. */
  Service(Simulation simulation, Application<C, R> application, GroupId group) {
    this.group = group;
    this.simulation = simulation;
    this.application = application;
    this.commands = new SerialCodec<>(simulation, application.commands());
    this.ghost = new GhostLog<>(simulation, application);
    this.history = new History<>(this);
  }

  Simulation simulation() {
    return simulation;
  }

  GroupId group() {
    return group;
  }

  Application<C, R> application() {
    return application;
  }

  SerialCodec<C> commands() {
    return commands;
  }

  GhostLog<C, R> ghost() {
    return ghost;
  }

  History<C, R> history() {
    return history;
  }

  /** What runs on a node, from one start to the next. */
  Replica<C, R> replica(int slot) {
    Replica<C, R> fresh = application.replica();
    replicas.put(slot, fresh);
    return fresh;
  }

  /**
   * Everything has come to rest: what must hold then, by the application's own word.
   *
   * @param whole the slots of the nodes that were healed
   */
  void checkEnd(FaultSchedule faults, List<Integer> whole) {
    List<ClientCall<C, R>> calls = new ArrayList<>();
    for (History.Call<C> call : history.calls()) {
      calls.add(history.told(call));
    }
    List<Replica<C, R>> rested = new ArrayList<>();
    for (int slot : whole) {
      rested.add(Objects.requireNonNull(replicas.get(slot), "a node that serves has one"));
    }
    try {
      application.checkEnd(new RunEnd<>(calls, rested, faults));
    } catch (RuntimeException | AssertionError broken) {
      throw simulation.failure("END", String.valueOf(broken.getMessage()));
    }
  }

  /**
   * Searches the history that clients saw for an order that explains it; knows nothing of indexes
   * but as hints what to try first.
   */
  void checkHistory() {
    Model<?, Request<C>, R> model = application.model();
    if (model != null) {
      ClientHistory.check(this, model);
    }
  }

  SimulatedClient<C, R> client(Cluster cluster, int slot, ClientSettings settings) {
    return new SimulatedClient<>(cluster, this, slot, settings);
  }
}
