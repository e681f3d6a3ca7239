package io.bowline.raft.testkit;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection. In order, it delivers all or breaks, and what meets a partition
 * waits; otherwise each message goes its own way and may be lost or come again.
 */
final class Pipe {
  /** One message on its way; made by the connection, which knows what to do with it. */
  abstract static class Parcel {
    private final Event.Kind kind;
    private final Life receiver;
    private final byte[] bytes;
    private long id;

    Parcel(Event.Kind kind, Life receiver, byte[] bytes) {
      this.kind = kind;
      this.receiver = receiver;
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }

    /** It has arrived. */
    abstract void arrive();

    /** What kind of message it is. */
    abstract String type();

    /** For the written trace only. */
    abstract String describe();
  }

  private final SimulatedNetwork network;
  private final int from;
  private final int to;
  private final ArrayDeque<Parcel> inOrder = new ArrayDeque<>();
  private int held;
  private long lastArrival;
  private long waitingBytes;

  Pipe(SimulatedNetwork network, int from, int to) {
    this.network = network;
    this.from = from;
    this.to = to;
  }

  /** Whether there is room for so much. */
  boolean takes(int bytes) {
    return waitingBytes + bytes <= network.settings().queueBytes();
  }

  void send(Parcel parcel) {
    if (network.settings().inOrder()) {
      sendInOrder(parcel);
      return;
    }
    parcel.id = tell(parcel);
    if (network.mishaps().chance(network.rates().loss)) {
      lost(parcel, "loss");
    } else {
      waitingBytes += parcel.bytes.length;
      Simulation simulation = network.simulation();
      long arrival = simulation.now() + network.delay(from, to);
      simulation.at(arrival, new Arrival(parcel, parcel, true));
    }
  }

  /** Tells who looks on; the number by which its fate is told. */
  private long tell(Parcel parcel) {
    Simulation simulation = network.simulation();
    long id = network.nextMessage();
    if (simulation.isObserved()) {
      simulation
          .observer()
          .message(id, simulation.now(), from, to, parcel.type(), parcel.describe());
    }
    return id;
  }

  private void lost(Parcel parcel, String why) {
    network.counts().lost++;
    network.simulation().observer().lost(parcel.id, network.simulation().now(), why);
  }

  void sendInOrder(Parcel parcel) {
    parcel.id = tell(parcel);
    waitingBytes += parcel.bytes.length;
    inOrder.add(parcel);
    expectNext(parcel);
  }

  private void expectNext(Parcel parcel) {
    Simulation simulation = network.simulation();
    lastArrival = Math.max(lastArrival + 1, simulation.now() + network.delay(from, to));
    simulation.at(lastArrival, new Arrival(parcel, null, true));
  }

  /** Lets it arrive once more, perhaps much later. */
  void sendAgain(Parcel parcel) {
    network.counts().duplicated++;
    Prng random = network.mishaps();
    arriveAgain(parcel, (long) (random.nextDouble() * (random.nextInt(10) == 0 ? 30e9 : 0.2e9)));
  }

  /** Lets it arrive once more when who sent it may be another. */
  void sendStale(Parcel parcel) {
    network.counts().stale++;
    arriveAgain(parcel, (long) (network.mishaps().nextDouble() * 60e9));
  }

  private void arriveAgain(Parcel parcel, long late) {
    Simulation simulation = network.simulation();
    long arrival = simulation.now() + late;
    simulation.at(arrival, new Arrival(parcel, parcel, false));
  }

  /** The path is open again: what was held comes now, in its order. */
  void resume() {
    Parcel first = inOrder.peek();
    while (held > 0 && first != null) {
      held--;
      expectNext(first);
    }
  }

  /** The connection broke: what was held is lost. */
  void drop() {
    held = 0;
    for (Parcel parcel : inOrder) {
      network.simulation().observer().lost(parcel.id, network.simulation().now(), "broken");
    }
    inOrder.clear();
  }

  /** Something arrives: what it was sent with or, in order, whatever is next. */
  final class Arrival extends Event {
    private final @Nullable Parcel own;
    private final boolean first;

    Arrival(Parcel sample, @Nullable Parcel own, boolean first) {
      super(sample.kind, sample.receiver);
      this.own = own;
      this.first = first;
    }

    int from() {
      return from;
    }

    int to() {
      return to;
    }

    private @Nullable Parcel parcel() {
      return own == null ? inOrder.peek() : own;
    }

    @Override
    void happen() {
      Parcel parcel = parcel();
      boolean blocked = network.isBlocked(from, to);
      if (parcel == null) {
        return; // the connection broke
      }
      if (network.parks(this)) {
        return;
      }
      if (blocked && own == null) {
        held++;
        return;
      }
      if (own == null) {
        inOrder.remove();
      }
      if (first) {
        waitingBytes -= parcel.bytes.length;
      }
      if (blocked) {
        lost(parcel, "cut");
      } else if (network.isSilent(from, to)) {
        network.counts().silenced++;
        lost(parcel, "half-open");
      } else {
        network.counts().delivered++;
        network.simulation().observer().delivered(parcel.id, network.simulation().now());
        parcel.arrive();
      }
    }

    @Override
    long fingerprint() {
      Parcel parcel = parcel();
      return parcel == null ? 0 : network.simulation().checksum(parcel.bytes);
    }

    @Override
    String describe() {
      Parcel parcel = parcel();
      return (from + 1)
          + " to "
          + (to + 1)
          + ": "
          + (parcel == null ? "nothing" : parcel.describe());
    }
  }
}
