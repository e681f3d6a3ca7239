package io.bowline.raft.testkit;

import io.bowline.raft.client.ClientTransport;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.Transport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What lies between the machines. Each message is encoded and decoded; connections are made, say
 * hello, break and are made again, as the transport's contract has it. Machines have slots: nodes
 * first, clients behind them.
 */
public final class SimulatedNetwork {
  /** All that passes between nodes, as bytes. */
  record Envelope(GroupId group, Message message) {}

  /** A batch of a client's questions. */
  record Asked(List<ClientRequest> batch) {}

  /** A batch of answers to them. */
  record Answered(List<ClientReply> batch) {}

  /** Sees each message that a living node hands to its transport. */
  interface Observer {
    void sent(int from, int to, Message message);

    /** It is handed to the receiver's node. */
    default void received(int from, int to, boolean fromTheDead, Message message) {}
  }

  /** What was done to messages, for the summary. */
  static final class Counts {
    long sent;
    long lost;
    long duplicated;
    long delivered;
    long connections;
    long breaks;
    long refusals;
    long corrupted;
    long stale;
    long parked;
    long silenced;

    void countMarks(Marks marks) {
      marks.hitIf(breaks > 0, Mark.CONNECTION_BROKE);
      marks.hitIf(refusals > 0, Mark.HELLO_REFUSED);
      marks.hitIf(corrupted > 0, Mark.FRAME_CORRUPT);
      marks.hitIf(lost > 0, Mark.MESSAGE_LOST);
      marks.hitIf(duplicated > 0, Mark.MESSAGE_DUPLICATED);
      marks.hitIf(stale > 0, Mark.MESSAGE_STALE);
      marks.hitIf(parked > 0, Mark.MESSAGE_HELD);
      marks.hitIf(silenced > 0, Mark.MESSAGE_HALF_OPEN);
    }
  }

  private final Simulation simulation;
  private final Prng random;
  private final int[][] blocked;
  private final int[][] slowness;
  private final int[][] silent;
  private final int[] refusing;
  private final int[] holding;
  private final boolean[][] delaying;
  private final List<Pipe.Arrival> parked = new ArrayList<>();
  private final NetworkRates rates = new NetworkRates();
  private final Prng mishaps;
  private final Map<String, Integer> slots = new LinkedHashMap<>();
  private final @Nullable SimulatedTransport[] endpoints;
  private final List<Connection> connections = new ArrayList<>();
  private final List<SimulatedClientTransport.Stream> streams = new ArrayList<>();
  private final List<Observer> observers = new ArrayList<>();
  private final Counts counts = new Counts();
  private final AbsurdNumbers absurd = new AbsurdNumbers();
  private NetworkSettings settings;
  private long messages;
  private boolean healed;

  final RecordCodec<Envelope> envelopes = RecordCodec.of(Envelope.class);
  final RecordCodec<GroupWord> words = RecordCodec.of(GroupWord.class);
  final RecordCodec<Asked> requests = RecordCodec.of(Asked.class);
  final RecordCodec<Answered> replies = RecordCodec.of(Answered.class);

  /** Between so many machines. */
  SimulatedNetwork(Simulation simulation, NetworkSettings settings, int machines) {
    this.simulation = simulation;
    this.settings = settings;
    this.random = simulation.random("network");
    this.blocked = new int[machines][machines];
    this.slowness = new int[machines][machines];
    this.silent = new int[machines][machines];
    this.refusing = new int[machines];
    this.holding = new int[machines];
    this.delaying = new boolean[machines][machines];
    this.mishaps = random.split("mishaps");
    this.endpoints = new SimulatedTransport[machines];
  }

  /** Says that this address is that machine's. */
  void listen(String address, int slot) {
    slots.put(address, slot);
  }

  void observe(Observer observer) {
    observers.add(observer);
  }

  void unobserve(Observer observer) {
    observers.remove(observer);
  }

  /** A transport for one life of a node. */
  Transport transport(Life life, String address) {
    return new SimulatedTransport(this, life, address);
  }

  /** A transport for one life of a client. */
  ClientTransport clientTransport(Life life) {
    return new SimulatedClientTransport(this, life);
  }

  void settings(NetworkSettings changed) {
    settings = changed;
  }

  NetworkSettings settings() {
    return settings;
  }

  NetworkRates rates() {
    return rates;
  }

  /** Decides what meets a mishap; apart from {@link #random}, so that delays stay as they were. */
  Prng mishaps() {
    return mishaps;
  }

  Counts counts() {
    return counts;
  }

  /** Numbers the messages, for who looks on. */
  long nextMessage() {
    return ++messages;
  }

  Simulation simulation() {
    return simulation;
  }

  Prng random() {
    return random;
  }

  // Faults.

  /** One more fault blocks what the one sends to the other, or one less. */
  void block(int from, int to, boolean more) {
    if (healed && more) {
      return;
    }
    boolean before = isBlocked(from, to);
    blocked[from][to] = Math.max(0, blocked[from][to] + (more ? 1 : -1));
    if (isBlocked(from, to) == before) {
      return;
    }
    for (Connection connection : List.copyOf(connections)) {
      connection.pathChanged(from, to);
    }
    for (SimulatedClientTransport.Stream stream : List.copyOf(streams)) {
      stream.pathChanged(from, to);
    }
  }

  /** Blocks it, whatever is undone later. */
  void cutForGood(int from, int to) {
    healed = false;
    block(from, to, true);
    healed = true;
    blocked[from][to] = Integer.MAX_VALUE / 2;
  }

  /** Multiplies the delay from one to the other; 0 or 1 is none. */
  void slow(int from, int to, int factor) {
    slowness[from][to] = factor;
  }

  /** What the one sends to the other vanishes and no keep-alive tells; a reset ends it. */
  void halfOpen(int from, int to, boolean more) {
    if (healed && more) {
      return;
    }
    silent[from][to] = Math.max(0, silent[from][to] + (more ? 1 : -1));
    if (!more) {
      breakBetween(from, to);
    }
  }

  boolean isSilent(int from, int to) {
    return silent[from][to] > 0;
  }

  private void breakBetween(int from, int to) {
    for (Connection connection : List.copyOf(connections)) {
      if (connection.isBetween(from, to)) {
        connection.breakNow();
      }
    }
  }

  /** Nobody reaches that machine with a new connection. */
  void refuse(int slot, boolean more) {
    refusing[slot] = Math.max(0, refusing[slot] + (more ? 1 : -1));
  }

  boolean refuses(int slot) {
    return refusing[slot] > 0;
  }

  /** What that machine sends is held; all of it arrives when it is over. */
  void hold(int slot, boolean more) {
    if (healed && more) {
      return;
    }
    holding[slot] = Math.max(0, holding[slot] + (more ? 1 : -1));
    releaseParked();
  }

  /** What the one sends to the other is held; all of it arrives when it is over. */
  void delay(int from, int to, boolean held) {
    delaying[from][to] = held && !healed;
    releaseParked();
  }

  private boolean isHeld(Pipe.Arrival arrival) {
    return holding[arrival.from()] > 0 || delaying[arrival.from()][arrival.to()];
  }

  private void releaseParked() {
    for (Pipe.Arrival arrival : List.copyOf(parked)) {
      if (!isHeld(arrival)) {
        parked.remove(arrival);
        simulation.at(simulation.now(), arrival);
      }
    }
  }

  /** Takes what must not arrive yet; false if it may. */
  boolean parks(Pipe.Arrival arrival) {
    if (!isHeld(arrival)) {
      return false;
    }
    parked.add(arrival);
    counts.parked++;
    return true;
  }

  /** What machines say that cannot be. */
  AbsurdNumbers absurd() {
    return absurd;
  }

  /** All paths are open and as fast as they were. */
  void heal() {
    healed = true;
    absurd.end();
    rates.clear();
    for (int slot = 0; slot < holding.length; slot++) {
      refusing[slot] = 0;
      holding[slot] = Math.min(1, holding[slot]);
      hold(slot, false);
    }
    for (int from = 0; from < blocked.length; from++) {
      for (int to = 0; to < blocked.length; to++) {
        delay(from, to, false);
        blocked[from][to] = Math.min(1, blocked[from][to]);
        block(from, to, false);
        slow(from, to, 0);
        if (isSilent(from, to)) {
          silent[from][to] = 1;
          halfOpen(from, to, false);
        }
      }
    }
  }

  boolean isBlocked(int from, int to) {
    return blocked[from][to] > 0;
  }

  /** Of one message on that path, now. */
  long delay(int from, int to) {
    long delay = settings.minDelayNanos() + random.exponential(settings.meanDelayNanos());
    return delay * Math.max(1, slowness[from][to]);
  }

  // What transports ask.

  void opened(SimulatedTransport endpoint) {
    endpoints[endpoint.life().slot()] = endpoint;
  }

  @Nullable SimulatedTransport endpoint(int slot) {
    SimulatedTransport endpoint = endpoints[slot];
    return endpoint == null || endpoint.isGone() ? null : endpoint;
  }

  @Nullable Integer slotOf(String address) {
    return slots.get(address);
  }

  void observe(GroupId group, int from, int to, Message message) {
    counts.sent++;
    if (!group.equals(Cluster.GROUP)) {
      return; // the neighbours are checked by what their clients see
    }
    for (Observer observer : observers) {
      observer.sent(from, to, message);
    }
  }

  void observeReceived(GroupId group, Life sender, int to, Message message) {
    if (!group.equals(Cluster.GROUP)) {
      return;
    }
    for (Observer observer : observers) {
      observer.received(sender.slot(), to, sender.isDead(), message);
    }
  }

  void made(Connection connection) {
    counts.connections++;
    connections.add(connection);
  }

  void broken(Connection connection) {
    counts.breaks++;
    connections.remove(connection);
  }

  void made(SimulatedClientTransport.Stream stream) {
    streams.add(stream);
  }

  void broken(SimulatedClientTransport.Stream stream) {
    streams.remove(stream);
  }

  /** The process died: its machine answers what comes with a reset, in most cases soon. */
  void crashed(Life life) {
    for (Connection connection : List.copyOf(connections)) {
      if (connection.isOf(life)) {
        connection.breakAfter(random.nextInt(10) == 0 ? seconds(5) : seconds(0.02));
      }
    }
    for (SimulatedClientTransport.Stream stream : List.copyOf(streams)) {
      if (stream.isOf(life)) {
        stream.breakAfter(random.nextInt(10) == 0 ? seconds(5) : seconds(0.02));
      }
    }
  }

  /** Up to so many seconds. */
  long seconds(double most) {
    return (long) (random.nextDouble() * most * 1e9);
  }
}
