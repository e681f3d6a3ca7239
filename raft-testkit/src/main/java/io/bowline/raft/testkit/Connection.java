package io.bowline.raft.testkit;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.GroupWord;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One connection, from the moment its dialer is through until it breaks: requests go out on it,
 * their replies come back. Each group's handshake is said on it, both ways, before the group's
 * first message (identity 5, 12).
 */
final class Connection {
  private final SimulatedNetwork network;
  private final SimulatedTransport dialer;
  private final SimulatedTransport acceptor;
  private final boolean forEntries;
  private final Pipe out;
  private final Pipe back;
  private final Map<GroupId, SimulatedLink> dialerLinks = new LinkedHashMap<>();
  private final Map<GroupId, SimulatedLink> acceptorLinks = new LinkedHashMap<>();

  /** What was said of groups that the acceptor does not serve yet. */
  private final Map<GroupId, GroupWord> unheard = new LinkedHashMap<>();

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

  private SimulatedLink link(boolean dialled, GroupId group) {
    Map<GroupId, SimulatedLink> links = dialled ? dialerLinks : acceptorLinks;
    return links.computeIfAbsent(group, g -> new SimulatedLink(this, g, dialled));
  }

  /** The dialer serves that group and wants to talk to this peer about it. */
  void open(GroupId group) {
    if (broken || dialer.isGone() || !dialer.serves(group)) {
      return;
    }
    SimulatedLink link = link(true, group);
    link.opened();
    dialer.opened(link);
  }

  /** The acceptor serves that group from now on: what was said of it before is heard. */
  void served(GroupId group) {
    GroupWord early = unheard.remove(group);
    if (early != null && !broken) {
      heard(false, early);
    }
  }

  void say(SimulatedLink from, GroupWord word) {
    boolean outwards = from.isDialled();
    if (!broken && !from.there().life().isDead()) {
      (outwards ? out : back).sendInOrder(new WordParcel(!outwards, network.words.encode(word)));
    }
  }

  /** A word of the handshake on its way. */
  private final class WordParcel extends Pipe.Parcel {
    private final boolean toDialer;

    WordParcel(boolean toDialer, byte[] bytes) {
      super(Event.Kind.CONNECTION, receiver(!toDialer).life(), bytes);
      this.toDialer = toDialer;
    }

    @Override
    void arrive() {
      if (!broken) {
        heard(toDialer, network.words.decode(bytes()));
      }
    }

    @Override
    String type() {
      return network.words.decode(bytes()).getClass().getSimpleName();
    }

    @Override
    String describe() {
      return network.words.decode(bytes()).toString();
    }
  }

  private void heard(boolean byDialer, GroupWord word) {
    SimulatedTransport receiver = byDialer ? dialer : acceptor;
    if (!receiver.serves(word.group())) {
      if (!byDialer && word instanceof GroupWord.Hello) {
        unheard.put(word.group(), word);
      }
      return;
    }
    SimulatedLink link = link(byDialer, word.group());
    link.opened();
    receiver.said(link, word);
  }

  /** Tells the other end why; the dialer asks again later. */
  void refuse(SimulatedLink from, String reason) {
    network.counts().refusals++;
    tellWhy(from, reason);
  }

  private void tellWhy(SimulatedLink from, String reason) {
    boolean outwards = from.isDialled();
    if (broken || from.there().life().isDead()) {
      return;
    }
    byte[] bytes = reason.getBytes(StandardCharsets.UTF_8);
    (outwards ? out : back).sendInOrder(new RefusalParcel(!outwards, from.group(), bytes));
    if (outwards) {
      openLater(from.group());
    }
  }

  private void openLater(GroupId group) {
    dialer.openLater(this, group);
  }

  /** A refusal on its way. */
  private final class RefusalParcel extends Pipe.Parcel {
    private final boolean toDialer;
    private final GroupId group;

    RefusalParcel(boolean toDialer, GroupId group, byte[] bytes) {
      super(Event.Kind.CONNECTION, receiver(!toDialer).life(), bytes);
      this.toDialer = toDialer;
      this.group = group;
    }

    @Override
    void arrive() {
      SimulatedTransport receiver = toDialer ? dialer : acceptor;
      if (broken || !receiver.serves(group)) {
        return;
      }
      SimulatedLink link = link(toDialer, group);
      link.part();
      receiver.refused(link, new String(bytes(), StandardCharsets.UTF_8));
      if (toDialer) {
        openLater(group);
      }
    }

    @Override
    String type() {
      return "Refused";
    }

    @Override
    String describe() {
      return group + " refused: " + new String(bytes(), StandardCharsets.UTF_8);
    }
  }

  /** That end serves the group no longer: the other one is told, and asks again later. */
  void forget(SimulatedTransport who, GroupId group) {
    SimulatedLink link = (who == dialer ? dialerLinks : acceptorLinks).remove(group);
    if (link != null) {
      link.closed();
      tellWhy(link, who.local().node() + " serves " + group + " no longer");
    }
  }

  /** Sends a request outwards, or a reply back, on a link that was admitted. */
  boolean send(SimulatedLink from, Message message) {
    Incarnation own = from.own();
    if (broken || own == null) {
      return false;
    }
    boolean outwards = from.isDialled();
    GroupId group = from.group();
    byte[] bytes = network.envelopes.encode(new SimulatedNetwork.Envelope(group, message));
    Pipe pipe = outwards ? out : back;
    if (!pipe.takes(bytes.length)) {
      return false;
    }
    Peer sender = new Peer((outwards ? dialer : acceptor).local().node(), own);
    Prng mishaps = network.mishaps();
    NetworkRates rates = network.rates();
    boolean corrupt = mishaps.chance(rates.corruption);
    if (corrupt) {
      flipBits(bytes, entryBytes(message), mishaps);
    }
    String type = message.getClass().getSimpleName();
    boolean hasEntries = entryBytes(message) > 0;
    MessageParcel parcel =
        new MessageParcel(this, outwards, sender, type, hasEntries, bytes, corrupt);
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

  /** A message on its way, with the directory that sent it. */
  private static final class MessageParcel extends Pipe.Parcel {
    private final Connection connection;
    private final boolean outwards;
    private final Peer sender;
    private final String type;
    private final boolean hasEntries;
    private final boolean corrupt;

    MessageParcel(
        Connection connection,
        boolean outwards,
        Peer sender,
        String type,
        boolean hasEntries,
        byte[] bytes,
        boolean corrupt) {
      super(Event.Kind.DELIVERY, connection.receiver(outwards).life(), bytes);
      this.connection = connection;
      this.outwards = outwards;
      this.sender = sender;
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
      GroupId group = envelope.group();
      SimulatedTransport receiver = connection.receiver(outwards);
      if (receiver.serves(group) && connection.link(!outwards, group).hasAdmitted()) {
        Life from = connection.receiver(!outwards).life();
        receiver.received(connection, from, group, sender, envelope.message());
      }
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
      for (SimulatedLink link : List.copyOf(dialerLinks.values())) {
        link.closed();
      }
      for (SimulatedLink link : List.copyOf(acceptorLinks.values())) {
        link.closed();
      }
      dialer.lost(this);
      acceptor.lost(this);
    }
  }
}
