package io.bowline.raft.testkit;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.model.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One machine that runs the client as it ships, and asks it for something now and then. */
final class SimulatedClient<C, R> {
  private final Cluster cluster;
  private final Service<C, R> service;
  private final Simulation simulation;
  private final int slot;
  private final ClientSettings settings;
  private final History<C, R> history;
  private final Prng random;
  private final SimulatedClock clock;
  private @Nullable Life life;
  private @Nullable RaftClient<C, R> client;
  private int lives;
  private int inFlight;

  SimulatedClient(Cluster cluster, Service<C, R> service, int slot, ClientSettings settings) {
    this.cluster = cluster;
    this.simulation = cluster.simulation();
    this.slot = slot;
    this.settings = settings;
    this.service = service;
    this.history = service.history();
    this.random = simulation.random("client " + slot);
    this.clock = new SimulatedClock(random.nextLong(1L << 40), random.nextLong(-200, 201));
  }

  /** How many processes it has had: each opens a session of its own. */
  int lives() {
    return lives;
  }

  /** Starts a process, with a session of its own, unless one runs. */
  void start() {
    if (life != null && !life.isDead()) {
      return;
    }
    Life fresh = new Life(slot, ++lives);
    Prng own = random.split("life " + lives);
    SimulatedDisk none = new SimulatedDisk(own, SimulatedDisk.FORCE_AT_ONCE);
    SimulatedEnvironment environment =
        new SimulatedEnvironment(simulation, fresh, clock, none.mount(), own, 0, 0);
    List<String> addresses = new ArrayList<>();
    for (int node = 0; node < cluster.size(); node++) {
      addresses.add(Cluster.address(node));
    }
    life = fresh;
    inFlight = 0;
    client =
        RaftClient.builder()
            .group(service.group())
            .commands(service.commands())
            .replies(service.application().replies())
            .addresses(addresses)
            .transport(cluster.network().clientTransport(fresh))
            .environment(environment.forClient())
            .timeout(Duration.ofNanos(settings.timeoutNanos()))
            .attemptTimeout(Duration.ofNanos(settings.attemptNanos()))
            .open();
    askLater(fresh);
  }

  /** The process is gone; what it had asked for may happen or not. */
  void crash() {
    if (life != null) {
      life.end();
      cluster.network().crashed(life);
      history.abandoned(slot);
    }
  }

  /** It gets no turn for so long. */
  void pause(long nanos) {
    if (life != null) {
      life.pauseUntil(simulation.now() + nanos);
      history.frozen(slot, nanos);
    }
  }

  private void askLater(Life mine) {
    simulation.at(
        simulation.now() + random.exponential(settings.thinkNanos()),
        new Event(Event.Kind.CLIENT, mine) {
          @Override
          void happen() {
            if (!history.isEnded()) {
              simulation.run(() -> askSome(mine));
            }
          }
        });
  }

  private void askSome(Life mine) {
    int some = inFlight < settings.pipeline() ? 1 + random.nextInt(settings.pipeline()) : 0;
    for (int i = 0; i < some && inFlight < settings.pipeline(); i++) {
      ask(mine);
    }
    askLater(mine);
  }

  private void ask(Life mine) {
    RaftClient<C, R> asked = client;
    if (asked == null || history.isEnded()) {
      return;
    }
    inFlight++;
    boolean query = random.chance(settings.queries());
    History.Call<C> call = history.invoked(slot, query, random);
    call.endsWithin(settings.timeoutNanos());
    CompletableFuture<Outcome<R>> future =
        call.isQuery() ? asked.query(call.value()) : asked.submit(call.value());
    history.sent();
    CompletableFuture<?> unused =
        future.whenComplete(
            (outcome, thrown) -> {
              if (!mine.isDead()) {
                inFlight--;
                history.returned(call, outcome, thrown);
              }
            });
  }
}
