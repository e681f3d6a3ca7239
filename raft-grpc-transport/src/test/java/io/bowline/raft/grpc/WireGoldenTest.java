package io.bowline.raft.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.model.TermRun;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.LocalNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The bytes of every message, one of each kind, as the first version of this protocol wrote them: a
 * node of the next version must still write and read them. {@code -Dgolden=rewrite} writes the file
 * anew.
 */
class WireGoldenTest {
  private static final Path FILE = Path.of("src/test/resources/golden/wire-2.txt");
  private static final NodeId N1 = NodeId.of("n1");
  private static final GroupId GROUP = GroupId.of("main");
  private static final EntryId LAST = new EntryId(300, 4);
  private static final SessionKey KEY = new SessionKey(-2, 77);
  private static final SessionHeader SESSION = new SessionHeader(17, KEY, 5, 3);
  private static final FoundingId FOUNDING = new FoundingId(-5, 6);

  private static final Membership RECORD =
      Membership.of(Member.voter(N1, "10.0.0.1:4000").named(new Incarnation(-2, 99)));

  private static List<Packet> packets() {
    LocalNode node = new LocalNode(ClusterId.of("prod"), N1, 1, 4 << 20);
    StartPair remembered = new StartPair(11, -5);
    EntryBatch entries =
        EntryBatch.builder(new EntryId(301, 5), 2, 5, 1_000)
            .add(EntryType.NO_OP, new byte[0])
            .add(EntryType.COMMAND, new byte[] {1, 2, 3, 4, 5})
            .build();
    return List.of(
        new Packet.NodeHello(2, node, 2),
        new Packet.Said(1, new GroupWord.Hello(GROUP, 7, directory(Founding.FRESH))),
        new Packet.Said(
            2, new GroupWord.Answer(GROUP, 7, directory(Founding.complete(RECORD)), remembered)),
        new Packet.Said(1, new GroupWord.Confirm(GROUP, 7, remembered)),
        new Packet.Said(2, new GroupWord.Confirmed(GROUP, 7)),
        new Packet.Refused(GROUP, "a stranger", false),
        raft(new Message.PreVote(N1, 6, LAST)),
        raft(new Message.PreVoteReply(N1, 6, true)),
        raft(new Message.RequestVote(N1, 6, LAST, true)),
        raft(new Message.VoteReply(N1, 6, false)),
        raft(new Message.AppendEntries(N1, 6, 2, LAST, entries, 299)),
        raft(
            new Message.AppendReply(
                N1,
                6,
                2,
                false,
                300,
                290,
                List.of(new TermRun(4, 200, 290), new TermRun(3, 1, 199)))),
        raft(new Message.Heartbeat(N1, 6, 2, 1000, 299, 50)),
        raft(new Message.HeartbeatReply(N1, 6, 2, 1000)));
  }

  private static DirectoryState directory(Founding founding) {
    return new DirectoryState(
        new Incarnation(-2, 99), new StartPair(12, -3), founding, -4, 1, "10.0.0.1:4000");
  }

  private static Packet raft(Message message) {
    return new Packet.Raft(1, message);
  }

  private static List<ClientRequest> requests() {
    Payload payload = Payload.of(new byte[] {7, 8});
    return List.of(
        new ClientRequest.Greet(5, GROUP, 5_000, null),
        new ClientRequest.Greet(6, GROUP, 5_000, FOUNDING),
        new ClientRequest.OpenSession(1, GROUP, 5_000, KEY),
        new ClientRequest.Command(2, GROUP, 5_000, SESSION, payload),
        new ClientRequest.Query(3, GroupId.of("other"), 5_000, payload),
        new ClientRequest.CloseSession(4, GROUP, 5_000, SESSION));
  }

  private static List<ClientReply> replies() {
    Stream<Refusal> refusals =
        Stream.of(
            new Refusal.Overloaded("maxUncommittedBytes", 64, 65),
            new Refusal.NotLeader(),
            new Refusal.Overwritten(),
            new Refusal.DiskFull("no room"),
            new Refusal.TimedOut("late"),
            new Refusal.SessionExpired(17),
            new Refusal.Closed("gone"),
            new Refusal.Invalid("too large"),
            new Refusal.NotFounded("it waits for n3"),
            new Refusal.NotServed("no such group"),
            new Refusal.OtherFounding(FOUNDING, new FoundingId(7, -8)));
    return Stream.<ClientReply>concat(
            Stream.of(
                new ClientReply.Done(1, 301, Payload.of(new byte[] {9})),
                new ClientReply.Founded(4, FOUNDING),
                new ClientReply.Unknown(2, "the leader changed")),
            refusals.map(r -> new ClientReply.Refused(3, r, N1, "10.0.0.1:4000")))
        .toList();
  }

  private static Map<String, Outgoing> samples() {
    Map<String, Outgoing> samples = new LinkedHashMap<>();
    for (Packet packet : packets()) {
      samples.put(name(packet), WireCodec.encode(List.of(packet)));
    }
    samples.put("ClientBatch of all requests", ClientCodec.encode(requests()));
    samples.put("ReplyBatch of all replies", ReplyCodec.encode(replies()));
    return samples;
  }

  private static String name(Packet packet) {
    Object named = packet;
    if (packet instanceof Packet.Raft raft) {
      named = raft.message();
    } else if (packet instanceof Packet.Said said) {
      named = said.word();
    }
    return named.getClass().getSimpleName();
  }

  private static byte[] golden(String name) throws IOException {
    for (String line : Files.readAllLines(FILE)) {
      if (line.startsWith(name + ": ")) {
        return HexFormat.of().parseHex(line.substring(name.length() + 2));
      }
    }
    throw new AssertionError(FILE + " has no " + name);
  }

  @Test
  void messagesAreWrittenAsTheFirstVersionWroteThem() throws IOException {
    List<String> lines = new ArrayList<>();
    samples()
        .forEach(
            (name, message) ->
                lines.add(
                    name
                        + ": "
                        + HexFormat.of().formatHex(WireRoundTripProperties.drained(message))));
    if ("rewrite".equals(System.getProperty("golden"))) {
      Files.createDirectories(FILE.getParent());
      Files.write(FILE, lines, StandardCharsets.US_ASCII);
    }

    assertThat(lines).isEqualTo(Files.readAllLines(FILE));
  }

  @Test
  void messagesOfTheFirstVersionAreRead() throws IOException {
    for (Packet packet : packets()) {
      assertThat(WireCodec.decode(golden(name(packet)), N1))
          .usingRecursiveComparison()
          .withEqualsForType(
              (a, b) -> Arrays.equals(TestHost.bytes(a), TestHost.bytes(b)), EntryBatch.class)
          .isEqualTo(List.of(packet));
    }
    assertThat(ClientCodec.decode(golden("ClientBatch of all requests")).requests())
        .isEqualTo(requests());
    assertThat(ReplyCodec.decode(golden("ReplyBatch of all replies")).replies())
        .isEqualTo(replies());
  }

  @Test
  void everyCaseHasASample() {
    assertThat(packets().stream().map(WireGoldenTest::name).collect(Collectors.toSet()))
        .containsAll(names(Message.class))
        .containsAll(names(GroupWord.class))
        .containsAll(
            names(Packet.class).stream()
                .filter(name -> !name.equals("Raft") && !name.equals("Said"))
                .toList());
    assertThat(requests().stream().map(r -> r.getClass().getSimpleName()))
        .containsAll(names(ClientRequest.class));
    assertThat(replies().stream().map(r -> r.getClass().getSimpleName()))
        .containsAll(names(ClientReply.class));
    assertThat(
            replies().stream()
                .filter(ClientReply.Refused.class::isInstance)
                .map(r -> ((ClientReply.Refused) r).refusal().getClass().getSimpleName()))
        .containsAll(names(Refusal.class));
  }

  private static Set<String> names(Class<?> sealed) {
    return Arrays.stream(sealed.getPermittedSubclasses())
        .map(Class::getSimpleName)
        .collect(Collectors.toSet());
  }

  @Test
  void whatANewerNodeSaysBesideIsSkipped() throws IOException {
    byte[] unknownBody = HexFormat.of().parseHex("0a07080110069a0600"); // field 99 of a packet
    byte[] unknownField = HexFormat.of().parseHex("9206021234"); // field 98 of the batch

    assertThat(WireCodec.decode(unknownBody, N1)).isEmpty();
    assertThat(WireCodec.decode(unknownField, N1)).isEmpty();
    assertThat(ClientCodec.decode(unknownField).requests()).isEmpty();
    assertThat(ReplyCodec.decode(unknownField).replies()).isEmpty();
  }
}
