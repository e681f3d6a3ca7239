package io.bowline.raft.testkit;

import io.bowline.raft.testkit.linearizability.Model;

/** An application in one run: what all nodes and clients share of it, and what is known of it. */
final class Service<C, R> {
  private final Simulation simulation;
  private final Application<C, R> application;
  private final SerialCodec<C> commands;
  private final GhostLog<C, R> ghost;
  private final History<C, R> history;

  Service(Simulation simulation, Application<C, R> application) {
    this.simulation = simulation;
    this.application = application;
    this.commands = new SerialCodec<>(simulation, application.commands());
    this.ghost = new GhostLog<>(simulation, application);
    this.history = new History<>(this);
  }

  Simulation simulation() {
    return simulation;
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
