package io.bowline.raft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.client.ClientTransport;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.Transport;
import io.bowline.raft.transport.TransportHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SimulatedNetworkTest {
  private static final GroupId GROUP = GroupId.of("g");
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Simulation simulation = new Simulation(1);
  private final SimulatedNetwork network =
      new SimulatedNetwork(simulation, NetworkSettings.calm(), 3);

  SimulatedNetworkTest() {
    network.listen("n0:1", 0);
    network.listen("n1:1", 1);
  }

  /** A host that writes down what its transport tells, and takes every directory at its word. */
  private final class Host implements TransportHandler {
    private final Life life;
    private final Transport transport;
    private final Incarnation own;
    private final List<String> heard = new ArrayList<>();
    private final Map<GroupLink, Peer> met = new HashMap<>();
    private @Nullable Peer other;
    private @Nullable String refusal;

    Host(int slot, int number) throws IOException {
      life = new Life(slot, number);
      own = new Incarnation(slot, number);
      String address = "n" + slot + ":1";
      transport = network.transport(life, address);
      transport.start(new LocalNode(ClusterId.of("c"), id(slot), 1, 1 << 20), this);
      transport.openGroup(GROUP);
      transport.peers(GROUP, Map.of(id(1 - slot), List.of("n" + (1 - slot) + ":1")));
    }

    boolean send(Message message) {
      return other != null && transport.send(GROUP, other, message);
    }

    void crash() {
      life.end();
      network.crashed(life);
    }

    private DirectoryState self() {
      return new DirectoryState(own, new StartPair(1, 1), Founding.FRESH, 7, 1, "here");
    }

    @Override
    public void opened(GroupLink link) {
      link.say(new GroupWord.Hello(GROUP, 1, self()));
    }

    @Override
    public void said(GroupLink link, GroupWord word) {
      if (word instanceof GroupWord.Hello hello) {
        hears(link, hello.self());
        link.say(new GroupWord.Answer(GROUP, 1, self(), null));
      } else if (word instanceof GroupWord.Answer answer) {
        hears(link, answer.self());
        link.say(new GroupWord.Confirm(GROUP, 1, null));
      } else {
        judge(link, word instanceof GroupWord.Confirm);
      }
    }

    private void hears(GroupLink link, DirectoryState theirs) {
      heard.add("hello " + link.peer() + " " + theirs.incarnation().low());
      met.put(link, new Peer(link.peer(), theirs.incarnation()));
    }

    private void judge(GroupLink link, boolean confirms) {
      Peer peer = Objects.requireNonNull(met.get(link));
      if (refusal != null) {
        link.refuse(refusal);
        return;
      }
      link.admit(peer);
      other = peer;
      if (confirms) {
        link.say(new GroupWord.Confirmed(GROUP, 1));
      } else if (link.isForEntries()) {
        heard.add("connected " + peer.id());
      }
    }

    @Override
    public void refused(GroupLink link, String reason) {
      heard.add("refused " + reason);
    }

    @Override
    public void closed(GroupLink link) {
      heard.add("closed");
    }

    @Override
    public void received(GroupId group, Peer from, Message message) {
      heard.add(from.incarnation().low() + " says " + message.term());
    }

    @Override
    public void requests(List<ClientRequest> batch, ReplySink replies) {
      heard.add("asked " + batch.size());
      replies.reply(
          batch.stream()
              .<ClientReply>map(request -> new ClientReply.Done(request.id(), 5, Payload.EMPTY))
              .toList());
    }
  }

  private static NodeId id(int slot) {
    return NodeId.of("n" + slot);
  }

  private static Message beat(int slot, long term) {
    return new Message.Heartbeat(id(slot), term, 1, 1, 0, 0);
  }

  private static List<String> said(Host host) {
    return host.heard.stream().filter(line -> line.contains("says")).toList();
  }

  @Test
  void bothSidesSayHelloOnEachConnectionBeforeAnythingElse() throws IOException {
    Host a = new Host(0, 1);
    Host b = new Host(1, 1);

    assertThat(a.send(beat(0, 1))).isFalse();
    simulation.run(SECOND);

    assertThat(a.heard)
        .containsExactlyInAnyOrder(
            "hello n1 1", "hello n1 1", "hello n1 1", "hello n1 1", "connected n1");
    assertThat(b.heard).hasSize(5);
    assertThat(a.send(beat(0, 1))).isTrue();
  }

  @Test
  void requestsAndRepliesArriveAsCopies() throws IOException {
    Host a = new Host(0, 1);
    Host b = new Host(1, 1);
    simulation.run(SECOND);
    EntryBatch batch =
        EntryBatch.builder(new EntryId(1, 2), 1, 1, 0)
            .add(EntryType.COMMAND, new byte[] {1})
            .build();

    a.send(beat(0, 1));
    a.send(new Message.AppendEntries(id(0), 2, 1, EntryId.ZERO, batch, 0));
    b.send(new Message.HeartbeatReply(id(1), 3, 1, 1));
    b.send(new Message.AppendReply(id(1), 4, 1, true, 1, 1, List.of()));
    simulation.run(SECOND);

    assertThat(said(b)).containsExactlyInAnyOrder("1 says 1", "1 says 2");
    assertThat(said(a)).containsExactlyInAnyOrder("1 says 3", "1 says 4");
  }

  @Test
  void noMessagePassesOnARefusedConnection() throws IOException {
    Host a = new Host(0, 1);
    Host b = new Host(1, 1);
    b.refusal = "stranger";
    simulation.run(SECOND);

    assertThat(a.send(beat(0, 1))).isFalse();
    assertThat(a.heard).doesNotContain("connected n1");
    assertThat(network.counts().refusals).isPositive();
  }

  @Test
  void inOrderAPartitionHoldsMessagesAndKeepsTheirOrder() throws IOException {
    Host a = new Host(0, 1);
    Host b = new Host(1, 1);
    simulation.run(SECOND);
    a.send(beat(0, 1));
    network.block(0, 1, true);
    for (int term = 2; term <= 9; term++) {
      a.send(beat(0, term));
    }
    simulation.run(Duration.ofMillis(1));
    a.send(beat(0, 10));

    network.block(0, 1, false);
    a.send(beat(0, 11));
    simulation.run(SECOND);

    List<String> expected = new ArrayList<>();
    for (int term = 1; term <= 11; term++) {
      expected.add("1 says " + term);
    }
    assertThat(said(b)).isEqualTo(expected);
  }

  @Test
  void aLongPartitionBreaksTheConnectionWhichIsMadeAgainAfterIt() throws IOException {
    Host a = new Host(0, 1);
    Host b = new Host(1, 1);
    simulation.run(SECOND);
    network.block(0, 1, true);
    a.send(beat(0, 1));
    simulation.run(Duration.ofSeconds(20));

    assertThat(a.send(beat(0, 2))).isFalse();
    network.heal();
    simulation.run(SECOND);

    assertThat(a.heard.stream().filter("connected n1"::equals)).hasSize(2);
    assertThat(a.send(beat(0, 3))).isTrue();
    simulation.run(SECOND);
    assertThat(said(b)).containsExactly("1 says 3");
  }

  @Test
  void aRestartedPeerIsDialedAgainAndSaysWhoItIsNow() throws IOException {
    Host a = new Host(0, 1);
    Host old = new Host(1, 1);
    simulation.run(SECOND);
    a.send(beat(0, 1));
    old.crash();
    Host fresh = new Host(1, 2);
    simulation.run(Duration.ofSeconds(10));

    fresh.send(beat(1, 5));
    simulation.run(SECOND);

    assertThat(said(old)).isEmpty();
    assertThat(a.heard).contains("hello n1 2");
    assertThat(said(a)).containsExactly("2 says 5");
  }

  @Test
  void datagramsAreLostReorderedAndDuplicated() throws IOException {
    network.settings(new NetworkSettings(false, 0, 5_000_000, 1 << 20));
    network.rates().loss = 0.1;
    network.rates().duplicates = 0.2;
    Host a = new Host(0, 1);
    Host b = new Host(1, 1);
    simulation.run(Duration.ofSeconds(5));
    assertThat(a.send(beat(0, 0))).isTrue();
    for (int term = 1; term <= 500; term++) {
      a.send(beat(0, term));
    }
    simulation.run(Duration.ofSeconds(60));

    List<Long> terms =
        said(b).stream()
            .map(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
            .toList();
    assertThat(terms.stream().distinct().count()).isBetween(400L, 490L);
    assertThat(terms.size() - terms.stream().distinct().count()).isBetween(50L, 150L);
    assertThat(terms).isNotEqualTo(terms.stream().sorted().toList());
  }

  @Test
  void aFullQueueDropsAndSaysSo() throws IOException {
    network.settings(new NetworkSettings(true, 0, 1_000_000, 1_000));
    Host a = new Host(0, 1);
    new Host(1, 1);
    simulation.run(SECOND);

    int sent = 0;
    while (a.send(beat(0, sent)) && sent < 1_000) {
      sent++;
    }

    assertThat(sent).isBetween(5, 30);
    simulation.run(SECOND);
    assertThat(a.send(beat(0, 0))).isTrue();
  }

  @Test
  void oneFlippedByteIsAnotherTrace() throws IOException {
    List<Long> hashes = new ArrayList<>();
    for (int run = 0; run < 3; run++) {
      SimulatedNetworkTest world = new SimulatedNetworkTest();
      Host a = world.new Host(0, 1);
      world.new Host(1, 1);
      world.simulation.run(SECOND);
      a.send(beat(0, run < 2 ? 6 : 7));
      world.simulation.run(SECOND);
      hashes.add(world.simulation.trace().hash());
    }

    assertThat(hashes.get(0)).isEqualTo(hashes.get(1)).isNotEqualTo(hashes.get(2));
  }

  private static final class Client implements ClientTransport.Listener {
    private final List<String> heard = new ArrayList<>();

    @Override
    public void opened() {
      heard.add("opened");
    }

    @Override
    public void replies(List<ClientReply> replies) {
      heard.add("answered " + replies.size());
    }

    @Override
    public void writable() {
      heard.add("writable");
    }

    @Override
    public void closed(String reason) {
      heard.add("closed");
    }
  }

  @Test
  void aClientsStreamOpensAnswersAndClosesWithItsNode() throws IOException {
    Host a = new Host(0, 1);
    Client client = new Client();
    ClientTransport.Connection connection =
        network.clientTransport(new Life(2, 1)).connect("n0:1", client);

    assertThat(connection.send(List.of(new ClientRequest.Query(1, GROUP, 5, Payload.EMPTY))))
        .isFalse();
    simulation.run(SECOND);
    assertThat(connection.send(List.of(new ClientRequest.Query(1, GROUP, 5, Payload.EMPTY))))
        .isTrue();
    simulation.run(SECOND);
    a.crash();
    simulation.run(Duration.ofSeconds(6));

    assertThat(client.heard).containsExactly("opened", "answered 1", "closed");
    assertThat(connection.send(List.of())).isFalse();
  }

  @Test
  void aClientOfADeadNodeIsToldSo() {
    Client client = new Client();
    network.clientTransport(new Life(2, 1)).connect("n0:1", client);

    simulation.run(SECOND);

    assertThat(client.heard).containsExactly("closed");
  }

  @Test
  void aFrameWhoseFlippedBitsPassIsSeen() throws IOException {
    Host dialer = new Host(0, 1);
    Host acceptor = new Host(1, 1);
    SimulatedTransport from = Objects.requireNonNull(network.endpoint(dialer.life.slot()));
    SimulatedTransport to = Objects.requireNonNull(network.endpoint(acceptor.life.slot()));
    Message append =
        new Message.AppendEntries(id(0), 1, 1, EntryId.ZERO, GhostGroup.commands(1, 1, 1, 7), 0);
    byte[] intact = network.envelopes.encode(new SimulatedNetwork.Envelope(GROUP, append));
    byte[] flipped = intact.clone();
    flipped[flipped.length - Long.BYTES - 1] ^= 1; // behind the entries stands the commit index

    new Connection(network, from, to, true).arrivedCorrupt(true, flipped);
    new Connection(network, from, to, true).arrivedCorrupt(false, intact); // the transport's to see
    GhostGroup.assertSeen(
        "CORRUPT_FRAME",
        () -> new Connection(network, from, to, true).arrivedCorrupt(true, intact));
  }
}
