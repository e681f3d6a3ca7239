package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import io.bowline.raft.transport.TransportHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A host of which only the transport is real: it says the four words of the handshake, admits whom
 * its judge lets in, and writes down what it is told, in order.
 */
final class KitHost implements TransportHandler {
  static final ClusterId CLUSTER = ClusterId.of("conformance");
  static final GroupId GROUP = GroupId.of("kit");
  static final int MAX_MESSAGE_BYTES = 1 << 20;

  /** What a transport told, or what this host did at once when it was told. */
  sealed interface Told {
    /** Time for a hello. */
    record Opened(GroupLink link) implements Told {}

    /** A word. */
    record Said(GroupLink link, GroupWord word) implements Told {}

    /** This host has let that directory in. */
    record Admitted(GroupLink link, Peer peer) implements Told {}

    /** The other side refused. */
    record Refused(GroupLink link, String reason) implements Told {}

    /** The stream carries the group no more. */
    record Closed(GroupLink link) implements Told {}

    /** A message. */
    record Received(GroupId group, Peer from, Message message) implements Told {}
  }

  final NodeId id;
  final Transport transport;
  private final Map<GroupId, DirectoryState> directories = new ConcurrentHashMap<>();
  private final Map<GroupLink, Peer> heard = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final List<Told> told = new ArrayList<>();
  private boolean closed;
  private int late;

  /** Says why a directory is refused. */
  volatile Function<DirectoryState, @Nullable String> judge = directory -> null;

  /**
   * The word at which it admits: the last two, if all of them stand there; {@code null}: at none.
   */
  volatile @Nullable Class<? extends GroupWord> admitsAt = GroupWord.class;

  /** Runs in the callback, on the transport's thread. */
  volatile BiConsumer<Peer, Message> onReceived = (peer, message) -> {};

  private KitHost(NodeId id, Transport transport) {
    this.id = id;
    this.transport = transport;
  }

  static KitHost start(Transport transport, String name, ClusterId cluster, int maxMessageBytes)
      throws IOException {
    KitHost host = new KitHost(NodeId.of(name), transport);
    transport.start(new LocalNode(cluster, host.id, 1, maxMessageBytes), host);
    return host;
  }

  /** What a directory of that name and number says of itself. */
  static DirectoryState directory(NodeId id, long incarnation) {
    return new DirectoryState(
        new Incarnation(id.hashCode(), incarnation),
        new StartPair(incarnation, 7 * incarnation),
        Founding.FRESH,
        0x1234_5678L,
        1,
        "kit");
  }

  /** Serves a group from a directory of that number. */
  KitHost serves(GroupId group, long incarnation) {
    directories.put(group, directory(id, incarnation));
    transport.openGroup(group);
    return this;
  }

  /** Serves the kit's group from its first directory. */
  KitHost serves() {
    return serves(GROUP, 1);
  }

  KitHost knows(KitHost... others) {
    Map<NodeId, List<String>> addresses = new LinkedHashMap<>();
    for (KitHost other : others) {
      addresses.put(other.id, List.of(other.transport.address()));
    }
    transport.peers(GROUP, addresses);
    return this;
  }

  /** Its directory of that group; the first one if it has none. */
  Peer peer(GroupId group) {
    DirectoryState own = directories.getOrDefault(group, directory(id, 1));
    return new Peer(id, own.incarnation());
  }

  boolean send(KitHost to, Message message) {
    return transport.send(GROUP, to.peer(GROUP), message);
  }

  Message beat(long round) {
    return new Message.Heartbeat(id, 1, 1, round, 0, 0);
  }

  @Override
  public void opened(GroupLink link) {
    note(new Told.Opened(link));
    DirectoryState own = directories.get(link.group());
    if (own != null) {
      link.say(new GroupWord.Hello(link.group(), numbers.incrementAndGet(), own));
    }
  }

  @Override
  public void said(GroupLink link, GroupWord word) {
    note(new Told.Said(link, word));
    DirectoryState own = directories.get(link.group());
    if (own == null) {
      link.refuse(id + " has no directory of " + link.group());
    } else if (word instanceof GroupWord.Hello hello) {
      if (isWelcome(link, hello.self())) {
        link.say(new GroupWord.Answer(link.group(), hello.number(), own, own.start()));
      }
    } else if (word instanceof GroupWord.Answer answer) {
      if (isWelcome(link, answer.self())) {
        admit(link, word);
        link.say(new GroupWord.Confirm(link.group(), answer.number(), null));
      }
    } else if (word instanceof GroupWord.Confirm confirm) {
      admit(link, word);
      link.say(new GroupWord.Confirmed(link.group(), confirm.number()));
    } else {
      admit(link, word);
    }
  }

  private boolean isWelcome(GroupLink link, DirectoryState other) {
    String refusal = judge.apply(other);
    if (refusal != null) {
      link.refuse(refusal);
      return false;
    }
    heard.put(link, new Peer(link.peer(), other.incarnation()));
    return true;
  }

  private void admit(GroupLink link, GroupWord word) {
    Class<? extends GroupWord> at = admitsAt;
    Peer peer = heard.get(link);
    boolean isDue =
        at == GroupWord.class ? !(word instanceof GroupWord.Answer) : word.getClass() == at;
    if (peer != null && isDue) {
      link.admit(peer);
      note(new Told.Admitted(link, peer));
    }
  }

  @Override
  public void refused(GroupLink link, String reason) {
    note(new Told.Refused(link, reason));
  }

  @Override
  public void closed(GroupLink link) {
    note(new Told.Closed(link));
  }

  @Override
  public void received(GroupId group, Peer from, Message message) {
    note(new Told.Received(group, from, message));
    onReceived.accept(from, message);
  }

  @Override
  public void requests(List<ClientRequest> batch, ReplySink replies) {
    throw new AssertionError("no client is here");
  }

  private synchronized void note(Told what) {
    told.add(what);
    if (closed) {
      late++;
    }
  }

  /** Closes the transport; what is told from the return of that call on is late. */
  void close() {
    transport.close();
    synchronized (this) {
      closed = true;
    }
  }

  /** How much was told after the end. */
  synchronized int late() {
    return late;
  }

  synchronized List<Told> told() {
    return new ArrayList<>(told);
  }

  <T extends Told> List<T> told(Class<T> kind) {
    return told().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Whom it has let in on its own connections for entries, each time. */
  List<Peer> connected() {
    return told(Told.Admitted.class).stream()
        .filter(one -> one.link().isDialled() && one.link().isForEntries())
        .map(Told.Admitted::peer)
        .toList();
  }

  List<Told.Received> received() {
    return told(Told.Received.class);
  }

  List<Message> messages() {
    return received().stream().map(Told.Received::message).toList();
  }

  /** Those of them that bring entries. */
  List<Message.AppendEntries> appends() {
    List<Message.AppendEntries> appends = new ArrayList<>();
    for (Message message : messages()) {
      if (message instanceof Message.AppendEntries append && !append.entries().isEmpty()) {
        appends.add(append);
      }
    }
    return appends;
  }

  /** Rounds of the heartbeats that have come, in order. */
  List<Long> rounds() {
    List<Long> rounds = new ArrayList<>();
    for (Message message : messages()) {
      if (message instanceof Message.Heartbeat beat) {
        rounds.add(beat.round());
      }
    }
    return rounds;
  }
}
