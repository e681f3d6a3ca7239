package io.bowline.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import io.bowline.raft.runtime.ReplyBuffer;
import io.bowline.raft.transport.Greetings;
import io.bowline.raft.transport.TransportHandler.ReplySink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node does for its clients, and for whom it does nothing (identity 20). */
class ClientRequestsTest {
  private static final GroupId GROUP = GroupId.of("sums");
  private static final FoundingId OTHER = new FoundingId(1, 2);
  private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(5);

  @TempDir Path directory;
  private final LoopbackNetwork network = new LoopbackNetwork();
  private RaftHost host;
  private RaftNode<String, Long> node;

  @BeforeEach
  void open() throws Exception {
    host =
        RaftHost.builder()
            .cluster(ClusterId.of("test"))
            .node(NodeId.of("n1"))
            .transport(network.transport("local:1"))
            .open();
    node = open("a");
  }

  private RaftNode<String, Long> open(String name) throws RaftException {
    RaftNode<String, Long> opened =
        host.group(GROUP, new RegisterMachine())
            .commands(new Picky())
            .replies(Codec.int64())
            .directory(directory.resolve(name))
            .bootstrap(Membership.of(Member.voter(NodeId.of("n1"), "local:1")));
    await().until(() -> opened.propose("0").get() instanceof Outcome.Committed);
    return opened;
  }

  @AfterEach
  void close() {
    host.close();
    network.close();
  }

  @Test
  void nothingIsDoneBeforeTheGreeting() throws Exception {
    Client client = new Client();

    client.ask(query(1), new ClientRequest.Greet(2, GROUP, TIMEOUT, null), query(3));

    assertThat(client.answer(1)).isInstanceOf(ClientReply.Refused.class);
    assertThat(client.answer(2)).isEqualTo(new ClientReply.Founded(2, founding()));
    assertThat(client.answer(3)).isInstanceOf(ClientReply.Done.class);
  }

  @Test
  void clientOfAnotherFoundingIsRefusedWithBothAndGetsNothingDone() throws Exception {
    Client client = new Client();

    client.ask(
        new ClientRequest.Greet(1, GROUP, TIMEOUT, null),
        new ClientRequest.Greet(2, GROUP, TIMEOUT, OTHER),
        query(3));

    Refusal refusal = ((ClientReply.Refused) client.answer(2)).refusal();
    assertThat(refusal).isEqualTo(new Refusal.OtherFounding(OTHER, founding()));
    assertThat(refusal.retryable()).isFalse();
    assertThat(client.answer(3)).isInstanceOf(ClientReply.Refused.class);
  }

  @Test
  void greetingCoversTheFoundingAndNotTheGroupsName() throws Exception {
    Client client = new Client();
    client.ask(new ClientRequest.Greet(1, GROUP, TIMEOUT, founding()), query(2));
    assertThat(client.answer(2)).isInstanceOf(ClientReply.Done.class);
    client.greetings.tell(GROUP, OTHER); // as if the group had been made anew since

    client.ask(query(3));

    Refusal refusal = ((ClientReply.Refused) client.answer(3)).refusal();
    assertThat(refusal).isEqualTo(new Refusal.OtherFounding(OTHER, founding()));
  }

  @Test
  void sessionNeverSaysNotCommittedOfANumberThatAnotherAttemptMayHaveUsed() throws Exception {
    RaftSession<String, Long> session =
        ((Outcome.Committed<RaftSession<String, Long>>) node.openSession().get()).reply();
    long applied = session.nextSequence();
    long never = session.nextSequence();
    assertThat(session.propose(applied, "5").get()).isInstanceOf(Outcome.Committed.class);
    node.close();

    for (int i = 0; i < 2; i++) {
      assertThat(session.propose(applied, "5").get()).isInstanceOf(Outcome.Unknown.class);
      assertThat(session.propose(never, "7").get()).isInstanceOf(Outcome.NotCommitted.class);
    }
  }

  /** One byte of a client that nobody could apply halted every replica, for ever. */
  @Test
  void aCommandThatDoesNotDecodeIsRefusedBeforeItIsAppended() throws Exception {
    Client client = new Client();
    SessionHeader any = new SessionHeader(1, new SessionKey(1, 2), 1, 1);
    long last = node.status().get().lastIndex();

    client.ask(
        new ClientRequest.Greet(1, GROUP, TIMEOUT, null),
        new ClientRequest.Command(2, GROUP, TIMEOUT, any, bytes("bad")));

    assertThat(((ClientReply.Refused) client.answer(2)).refusal())
        .isInstanceOf(Refusal.Invalid.class);
    assertThat(node.status().get().lastIndex()).isEqualTo(last);
    assertThat(node.propose("5").get()).isInstanceOf(Outcome.Committed.class);
  }

  @Test
  void aConnectionThatThrowsCostsItsOwnAnswersOnly() throws Exception {
    for (Error thrown : List.of(new AssertionError("gone"), new StackOverflowError())) {
      Client broken = new Client();
      Client other = new Client();
      broken.ask(new ClientRequest.Greet(1, GROUP, TIMEOUT, null));
      other.ask(new ClientRequest.Greet(1, GROUP, TIMEOUT, null));
      broken.answer(1);
      broken.thrown = thrown;

      broken.ask(query(2));
      other.ask(query(2));

      assertThat(other.answer(2)).isInstanceOf(ClientReply.Done.class);
      assertThat(node.propose("5").get()).isInstanceOf(Outcome.Committed.class);
    }
  }

  /** A client that does not know the key of a session cannot act in its name. */
  @Test
  void whoGuessesASessionsIndexMovesNothing() throws Exception {
    RaftSession<String, Long> session =
        ((Outcome.Committed<RaftSession<String, Long>>) node.openSession().get()).reply();
    Client stranger = new Client();
    SessionHeader guessed =
        new SessionHeader(session.id(), new SessionKey(1, 2), 1, Long.MAX_VALUE >>> 2);

    stranger.ask(
        new ClientRequest.Greet(1, GROUP, TIMEOUT, null),
        new ClientRequest.Command(2, GROUP, TIMEOUT, guessed, bytes("100")));

    assertThat(((ClientReply.Refused) stranger.answer(2)).refusal())
        .isInstanceOf(Refusal.SessionExpired.class);
    assertThat(session.propose("5").get()).isInstanceOf(Outcome.Committed.class);
    assertThat(node.read("sum").get())
        .isInstanceOfSatisfying(
            Outcome.Committed.class, sum -> assertThat(sum.reply()).isEqualTo(5L));
  }

  private FoundingId founding() {
    return Objects.requireNonNull(node.runtime().foundingId());
  }

  private static Payload bytes(String text) {
    return Payload.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ClientRequest query(long id) {
    return new ClientRequest.Query(id, GROUP, TIMEOUT, bytes("sum"));
  }

  /** Decodes all but one command. */
  private static final class Picky implements Codec<String> {
    @Override
    public byte[] encode(String value) {
      return Codec.utf8().encode(value);
    }

    @Override
    public String decode(ByteBuffer bytes) {
      String value = Codec.utf8().decode(bytes);
      if (value.equals("bad")) {
        throw new IllegalArgumentException("no bad ones");
      }
      return value;
    }
  }

  /** One connection. */
  private final class Client implements ReplySink {
    final Greetings greetings = new Greetings();
    private final LinkedBlockingQueue<ClientReply> replies = new LinkedBlockingQueue<>();
    private final List<ClientReply> seen = new ArrayList<>();
    volatile @Nullable Error thrown;

    void ask(ClientRequest... requests) {
      ReplyBuffer buffer = new ReplyBuffer(this);
      node.requests(List.of(requests), greetings, buffer);
      buffer.flush();
    }

    ClientReply answer(long id) throws InterruptedException {
      while (seen.stream().noneMatch(reply -> reply.id() == id)) {
        seen.add(Objects.requireNonNull(replies.poll(10, TimeUnit.SECONDS), "no answer"));
      }
      return seen.stream().filter(reply -> reply.id() == id).findFirst().orElseThrow();
    }

    @Override
    public void reply(List<ClientReply> answers) {
      Error error = thrown;
      if (error != null) {
        throw error;
      }
      replies.addAll(answers);
    }

    @Override
    public Greetings greetings() {
      return greetings;
    }
  }
}
