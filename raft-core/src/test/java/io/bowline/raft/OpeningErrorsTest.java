package io.bowline.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.CommandTooLargeException;
import io.bowline.raft.model.ConfigException;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.GroupSettings;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.MemberRole;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What bad input gets: a typed error that names the field, the value and the way out. */
class OpeningErrorsTest {
  private static final Membership ALONE = Membership.of(Member.voter(NodeId.of("n1"), "local:1"));

  @TempDir Path directory;
  private final LoopbackNetwork network = new LoopbackNetwork();
  private RaftHost host;

  @BeforeEach
  void openHost() throws Exception {
    host = host("n1");
  }

  @AfterEach
  void closeHost() {
    host.close();
    network.close();
  }

  private RaftHost host(String node) throws RaftException {
    return RaftHost.builder()
        .cluster(ClusterId.of("test"))
        .node(NodeId.of(node))
        .transport(network.transport("local:1"))
        .open();
  }

  private GroupBuilder<String, Long> group() {
    return host.group(GroupId.of("sums"), new RegisterMachine())
        .commands(Codec.utf8())
        .replies(Codec.int64());
  }

  @Test
  void hostNamesAllThatIsMissing() {
    assertThatThrownBy(() -> RaftHost.builder().open())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("3 problems in RaftHost")
        .hasMessageContaining("cluster=null")
        .hasMessageContaining("node=null")
        .hasMessageContaining("transport=null");
  }

  @Test
  void groupNamesAllThatIsMissing() {
    GroupBuilder<String, Long> empty = host.group(GroupId.of("sums"), new RegisterMachine());

    assertThatThrownBy(() -> empty.bootstrap(ALONE))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("3 problems in group 'sums'")
        .hasMessageContaining("commands=null")
        .hasMessageContaining("replies=null")
        .hasMessageContaining("set exactly one of them");
  }

  @Test
  void ownIdMissingFromTheMembersIsRefused() {
    Membership others = Membership.of(Member.voter(NodeId.of("n2"), "local:2"));

    assertThatThrownBy(() -> group().directory(directory.resolve("a")).bootstrap(others))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the list [n2] does not name this node, 'n1'");
  }

  @Test
  void everyProblemOfAnInitialListIsNamedAtOnce() {
    GroupSettings settings = new GroupSettings(-1, 0, 0, 5, -1, 99);
    Membership bad =
        new Membership(
            List.of(
                Member.voter(NodeId.of("n1"), "host:1"),
                Member.voter(NodeId.of("n2"), "host:1"),
                Member.voter(NodeId.of("n3"), "http://host:1"),
                Member.voter(NodeId.of("n4"), "host"),
                new Member(NodeId.of("n5"), null, "host:5", MemberRole.LEARNER, 0, 1)),
            settings);

    assertThatThrownBy(() -> group().directory(directory.resolve("a")).bootstrap(bad))
        .isInstanceOfSatisfying(
            ConfigException.class,
            problems ->
                assertThat(problems.problems())
                    .containsExactly(
                        "members 'n1' and 'n2' have one address, 'host:1': give each node its own",
                        "address 'http://host:1' of 'n3' is no host:port: a URL or a space in it is"
                            + " refused",
                        "address 'host' of 'n4' names no port: write host:port",
                        "member 'n5' is a LEARNER: a group is founded by voters only; add others when"
                            + " it runs",
                        "sessionLifetime=PT-0.000000001S is not within PT1S to PT8760H",
                        "maxSessions=0 is not within 1 to 1000000",
                        "maxRepliesPerSession=0 is not within 1 to 1048576",
                        "maxReplyBytes=5 is not within 1024 to 1099511627776",
                        "leaseBound=PT-0.000000001S is not within PT0S to PT1M",
                        "featureLevel=99 is not within 1 to 1"));
  }

  @Test
  @SuppressWarnings("NullAway") // the point of it
  void whatIsNullIsNamed() {
    assertThatThrownBy(() -> ClusterId.of(null)).hasMessage("cluster id is null: give it a name");
    assertThatThrownBy(() -> host.group(GroupId.of("sums"), null).bootstrap(ALONE))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("stateMachine=null is not set");
  }

  @Test
  void settingsThatNoTableCanWorkByAreReadFromNoEntry() {
    byte[] bad = new Membership(ALONE.members(), new GroupSettings(1, 0, 1, 0, 1)).encode();

    assertThatThrownBy(() -> Membership.decode(ByteBuffer.wrap(bad)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxSessions=0");
  }

  @Test
  void aDuplicateIdIsRefused() {
    assertThatThrownBy(
            () ->
                Membership.of(
                    Member.voter(NodeId.of("n1"), "local:1"),
                    Member.voter(NodeId.of("n1"), "local:2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("member 'n1' is named twice");
  }

  @Test
  void anIdOfOtherCharactersIsRefused() {
    assertThatThrownBy(() -> NodeId.of("n 1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("node id 'n 1' is not 1 to 63 of [A-Za-z0-9._-]");
  }

  @Test
  void bootstrapOfWhatIsThereIsRefused() throws Exception {
    group().directory(directory.resolve("a")).bootstrap(ALONE).close();

    assertThatThrownBy(() -> group().directory(directory.resolve("a")).bootstrap(ALONE))
        .isInstanceOf(RaftException.class)
        .hasMessageContaining(directory.resolve("a").toString());
  }

  @Test
  void resumeOfNothingIsRefused() {
    assertThatThrownBy(() -> group().directory(directory.resolve("none")).resume())
        .isInstanceOf(RaftException.class)
        .hasMessageContaining("none");
  }

  @Test
  void aGroupIsOpenOnceOnAHost() throws Exception {
    group().directory(directory.resolve("a")).bootstrap(ALONE);

    assertThatThrownBy(() -> group().directory(directory.resolve("b")).bootstrap(ALONE))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("group=sums is open on this host already");
  }

  @Test
  void aCommandOverTheLimitThrows() throws Exception {
    RaftNode<String, Long> node =
        group()
            .directory(directory.resolve("a"))
            .config(RaftConfig.builder().maxCommandBytes(8).build())
            .bootstrap(ALONE);

    assertThatThrownBy(() -> node.propose("123456789"))
        .isInstanceOf(CommandTooLargeException.class)
        .hasMessageContaining("9 bytes is over maxCommandBytes=8");
  }

  @Test
  void aCodecThatThrowsProposesNothing() throws Exception {
    RaftNode<String, Long> node =
        group().commands(new Picky()).directory(directory.resolve("a")).bootstrap(ALONE);
    await().until(node::isLeader);

    assertThatThrownBy(() -> node.propose("bad")).hasMessageContaining("no bad ones");
    Outcome<Long> outcome = node.propose("3").join();

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Committed.class, done -> assertThat(done.reply()).isEqualTo(3L));
  }

  /** Refuses one command, as foreign code may. */
  private static final class Picky implements Codec<String> {
    @Override
    public byte[] encode(String value) {
      if (value.equals("bad")) {
        throw new IllegalArgumentException("no bad ones");
      }
      return Codec.utf8().encode(value);
    }

    @Override
    public String decode(ByteBuffer bytes) {
      return Codec.utf8().decode(bytes);
    }
  }
}
