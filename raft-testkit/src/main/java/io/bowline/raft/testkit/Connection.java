package io.bowline.raft.testkit;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.transport.GroupHello;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from the moment its dialer is through until it breaks: requests go out on it,
 * their replies come back. Each group's hello is said on it, both ways, before the group's first
 * message (DESIGN 13).
 */
final class Connection {
  /** What the two ends have said about one group, and who takes messages already. */
  private static final class Said {
    private @Nullable GroupHello byDialer;
    private @Nullable GroupHello byAcceptor;
    private boolean acceptorReady;
    private boolean dialerReady;
  }

  private final SimulatedNetwork network;
  private final SimulatedTransport dialer;
  private final SimulatedTransport acceptor;
  private final boolean forEntries;
  private final Pipe out;
  private final Pipe back;
  private final Map<GroupId, Said> groups = new LinkedHashMap<>();
  private boolean broken;

  Connection(
      SimulatedNetwork network,
      SimulatedTransport dialer,
      SimulatedTransport acceptor,
      boolean forEntries) {
    this.network = network;
    this.dialer = dialer;
    this.acceptor = acceptor;
    this.forEntries = forEntries;
    this.out = new Pipe(network, dialer.slot(), acceptor.slot());
    this.back = new Pipe(network, acceptor.slot(), dialer.slot());
  }

  SimulatedTransport dialer() {
    return dialer;
  }

  SimulatedTransport acceptor() {
    return acceptor;
  }

  boolean isForEntries() {
    return forEntries;
  }

  boolean isBroken() {
    return broken;
  }

  boolean isBetween(int one, int other) {
    return (dialer.slot() == one && acceptor.slot() == other)
        || (dialer.slot() == other && acceptor.slot() == one);
  }

  boolean isOf(Life life) {
    return dialer.life() == life || acceptor.life() == life;
  }

  /** Says the hellos of a group: the dialer's first, the acceptor's in answer. */
  void greet(GroupId group) {
    GroupHello hello = dialer.helloOf(group);
    if (broken || dialer.isGone() || hello == null) {
      return;
    }
    byte[] bytes = network.hellos.encode(hello);
    out.sendInOrder(
        new Hello(acceptor.life(), bytes) {
          @Override
          void arrive() {
            heardByAcceptor(network.hellos.decode(bytes()));
          }
        });
  }

  private void heardByAcceptor(GroupHello theirs) {
    GroupHello own = acceptor.helloOf(theirs.group());
    if (broken || own == null) {
      return; // it greets itself when it opens the group
    }
    if (!acceptor.welcomes(dialer, theirs)) {
      refuse();
      return;
    }
    Said said = groups.computeIfAbsent(theirs.group(), group -> new Said());
    said.byDialer = theirs;
    said.byAcceptor = own;
    said.acceptorReady = true;
    byte[] bytes = network.hellos.encode(own);
    back.sendInOrder(
        new Hello(dialer.life(), bytes) {
          @Override
          void arrive() {
            heardByDialer(network.hellos.decode(bytes()));
          }
        });
  }

  private void heardByDialer(GroupHello theirs) {
    Said said = groups.get(theirs.group());
    if (broken || said == null || said.dialerReady || dialer.helloOf(theirs.group()) == null) {
      return;
    }
    if (!dialer.welcomes(acceptor, theirs)) {
      refuse();
      return;
    }
    said.dialerReady = true;
    if (forEntries) {
      dialer.connected(acceptor, theirs);
    }
  }

  private abstract class Hello extends Pipe.Parcel {
    Hello(Life receiver, byte[] bytes) {
      super(Event.Kind.CONNECTION, receiver, bytes);
    }

    @Override
    String type() {
      return "Hello";
    }

    @Override
    String describe() {
      return network.hellos.decode(bytes()).toString();
    }
  }

  private void refuse() {
    network.counts().refusals++;
    breakNow();
  }

  void forget(GroupId group) {
    groups.remove(group);
  }

  /** Sends a request outwards, or a reply back. */
  boolean send(SimulatedTransport sender, GroupId group, Message message) {
    Said said = groups.get(group);
    if (broken || said == null) {
      return false;
    }
    boolean outwards = sender == dialer;
    GroupHello hello = outwards ? said.byDialer : said.byAcceptor;
    boolean ready = outwards ? said.dialerReady : said.acceptorReady;
    byte[] bytes = network.envelopes.encode(new SimulatedNetwork.Envelope(group, message));
    Pipe pipe = outwards ? out : back;
    if (hello == null || !ready || !pipe.takes(bytes.length)) {
      return false;
    }
    Prng mishaps = network.mishaps();
    NetworkRates rates = network.rates();
    boolean corrupt = mishaps.chance(rates.corruption);
    if (corrupt) {
      flipBits(bytes, entryBytes(message), mishaps);
    }
    String type = message.getClass().getSimpleName();
    boolean hasEntries = entryBytes(message) > 0;
    MessageParcel parcel =
        new MessageParcel(this, outwards, hello, type, hasEntries, bytes, corrupt);
    pipe.send(parcel);
    if (!corrupt && !network.settings().inOrder()) {
      if (mishaps.chance(rates.duplicates)) {
        pipe.sendAgain(parcel);
      }
      if (mishaps.chance(rates.stale)) {
        pipe.sendStale(parcel);
      }
    }
    if (mishaps.chance(rates.resets)) {
      breakAfter(network.delay(dialer.slot(), acceptor.slot()));
    }
    return true;
  }

  private static int entryBytes(Message message) {
    return message instanceof Message.AppendEntries append
        ? (int) append.entries().byteLength()
        : 0;
  }

  /**
   * One to eight bits. Of entries it is their own checksums that must see it, so only their bytes
   * flip; what else is sent is protected by the transport.
   */
  private static void flipBits(byte[] bytes, int entryBytes, Prng random) {
    int behind = entryBytes == 0 ? 0 : Long.BYTES; // the commit index
    int length = entryBytes == 0 ? bytes.length : entryBytes;
    int at = bytes.length - behind - length + random.nextInt(length);
    for (int bits = 1 + random.nextInt(8); bits > 0; bits--) {
      bytes[at] ^= (byte) (1 << (bits - 1));
    }
  }

  /** A message on its way, with the hello of who sent it. */
  private static final class MessageParcel extends Pipe.Parcel {
    private final Connection connection;
    private final boolean outwards;
    private final GroupHello hello;
    private final String type;
    private final boolean hasEntries;
    private final boolean corrupt;

    MessageParcel(
        Connection connection,
        boolean outwards,
        GroupHello hello,
        String type,
        boolean hasEntries,
        byte[] bytes,
        boolean corrupt) {
      super(Event.Kind.DELIVERY, connection.receiver(outwards).life(), bytes);
      this.connection = connection;
      this.outwards = outwards;
      this.hello = hello;
      this.type = type;
      this.hasEntries = hasEntries;
      this.corrupt = corrupt;
    }

    @Override
    void arrive() {
      if (corrupt) {
        connection.arrivedCorrupt(hasEntries, bytes());
        return;
      }
      SimulatedNetwork.Envelope envelope = connection.network.envelopes.decode(bytes());
      SimulatedTransport receiver = connection.receiver(outwards);
      SimulatedTransport sender = connection.receiver(!outwards);
      receiver.received(sender, envelope.group(), hello, envelope.message());
    }

    @Override
    String type() {
      return type;
    }

    @Override
    String describe() {
      if (corrupt) {
        return type + ", corrupt";
      }
      SimulatedNetwork.Envelope envelope = connection.network.envelopes.decode(bytes());
      return envelope.group() + " " + envelope.message();
    }
  }

  /**
   * Whoever reads it must see it, drop it and break the connection.
   *
   * @param hasEntries the flipped bits are of entries: a message without is for the transport
   */
  void arrivedCorrupt(boolean hasEntries, byte[] bytes) {
    network.counts().corrupted++;
    if (hasEntries) {
      try {
        Object read = network.envelopes.decode(bytes);
        throw network.simulation().failure("CORRUPT_FRAME", "flipped bits passed for " + read);
      } catch (IllegalArgumentException seen) {
        network.simulation().trace().line(network.simulation().now(), -1, "corrupt frame dropped");
      }
    }
    breakNow();
  }

  private SimulatedTransport receiver(boolean outwards) {
    return outwards ? acceptor : dialer;
  }

  /** A path was blocked or is open again. */
  void pathChanged(int from, int to) {
    Pipe pipe = out;
    if (from == acceptor.slot() && to == dialer.slot()) {
      pipe = back;
    } else if (from != dialer.slot() || to != acceptor.slot()) {
      return;
    }
    if (network.isBlocked(from, to)) {
      breakIfBlockedAfter(network.seconds(network.random().nextBoolean() ? 0.5 : 8), from, to);
    } else {
      pipe.resume();
    }
  }

  private void breakIfBlockedAfter(long nanos, int from, int to) {
    Simulation simulation = network.simulation();
    simulation.world(
        simulation.now() + nanos,
        from,
        "keep-alive",
        () -> {
          if (network.isBlocked(from, to)) {
            breakNow();
          }
        });
  }

  void breakAfter(long nanos) {
    Simulation simulation = network.simulation();
    simulation.world(simulation.now() + nanos, dialer.slot(), "reset", this::breakNow);
  }

  void breakNow() {
    if (!broken) {
      broken = true;
      out.drop();
      back.drop();
      network.broken(this);
      dialer.lost(this);
      acceptor.lost(this);
    }
  }
}
