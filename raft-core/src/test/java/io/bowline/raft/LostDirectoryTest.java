package io.bowline.raft;

import static io.bowline.raft.OneNodeGroups.committed;
import static io.bowline.raft.OneNodeGroups.outcome;
import static io.bowline.raft.ThreeMembers.FIRST;
import static io.bowline.raft.ThreeMembers.LATER;
import static io.bowline.raft.ThreeMembers.LIST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole nodes whose directories are late, lost, or taken from a backup: nothing is told twice. */
@Tag("long")
class LostDirectoryTest {
  private static final ThreeMembers.Opening EITHER = group -> group.bootstrapOrResume(LIST);

  /** Three times the longest patience of a follower. */
  private static final Duration LONG = Duration.ofMillis(900);

  @TempDir Path root;
  private ThreeMembers members = new ThreeMembers(Path.of("."));

  @BeforeEach
  void begin() {
    members = new ThreeMembers(root);
  }

  @AfterEach
  void end() {
    members.close();
  }

  /** Nobody leads, and nobody will. */
  private void isSilent(String... ids) {
    await()
        .during(LONG)
        .atMost(LONG.plusSeconds(5))
        .until(() -> List.of(ids).stream().noneMatch(id -> members.node(id).isLeader()));
  }

  private void appliedEverywhere(String last) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> Stream.of("n1", "n2", "n3").allMatch(id -> members.applied(id).contains(last)));
  }

  @Test
  void twoOfThreePromiseNothingUntilTheThirdHasBegun() throws Exception {
    members.open("n1", FIRST);
    members.open("n2", FIRST);
    isSilent("n1", "n2");

    assertThat(outcome(members.node("n1").propose("x")))
        .isInstanceOfSatisfying(
            Outcome.NotCommitted.class,
            no ->
                assertThat(no.refusal())
                    .isInstanceOfSatisfying(
                        Refusal.NotFounded.class,
                        why -> assertThat(why.toString()).contains("n3 (not met)")));

    members.open("n3", FIRST);
    assertThat(committed(members.leader().propose("x"))).isEqualTo(1);
  }

  /** The leader may be lost as soon as anything was acknowledged: both others have its entries. */
  @Test
  void whoeverIsLostRightAfterTheFoundingTheOthersGoOn() throws Exception {
    members.openAll(FIRST);
    RaftNode<String, Long> first = members.leader();
    committed(first.propose("x"));

    members.close(members.idOf(first));

    assertThat(committed(members.leader().propose("y"))).isEqualTo(2);
  }

  /**
   * n2' and n3 were a majority once; the entries that n1 and n2 had acknowledged were not there.
   */
  @Test
  void anEmptiedVoterAndOneThatWasAwayElectNobody() throws Exception {
    members.openAll(FIRST);
    committed(members.leader().propose("first"));
    appliedEverywhere("first");
    members.close("n3");
    committed(members.leader().propose("precious"));
    members.closeAll();

    members.open("n2", "n2-emptied", EITHER);
    members.open("n3", LATER);
    isSilent("n2", "n3");
    assertThat(members.node("n2").runtime().founding().text()).contains("n2").contains("directory");

    members.open("n1", LATER);
    assertThat(committed(members.leader().propose("after"))).isEqualTo(3);
    await().atMost(Duration.ofSeconds(20)).until(() -> members.applied("n3").contains("after"));
    assertThat(members.applied("n3")).containsExactly("first", "precious", "after");
    assertThat(members.applied("n2")).isEmpty();
  }

  @Test
  void aMajorityThatComesBackEmptyFoundsNothingBesideTheOneThatHasTheData() throws Exception {
    members.openAll(FIRST);
    committed(members.leader().propose("precious"));
    appliedEverywhere("precious");
    members.closeAll();

    members.open("n1", LATER);
    members.open("n2", "n2-emptied", EITHER);
    members.open("n3", "n3-emptied", EITHER);

    isSilent("n1", "n2", "n3");
    members.open("n2", LATER); // the disk was only unplugged
    assertThat(committed(members.leader().propose("after"))).isEqualTo(2);
  }

  /** Started once the copy has the counter of the start that it forgot, later a higher one. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10})
  void aCopyThatForgotWhatItPromisedCountsForNothing(int starts) throws Exception {
    members.openAll(FIRST);
    committed(members.leader().propose("first"));
    appliedEverywhere("first");
    String leading = members.idOf(members.leader());
    List<String> others = Stream.of("n1", "n2", "n3").filter(id -> !id.equals(leading)).toList();
    String copied = others.get(0);
    String away = others.get(1);
    members.close(copied);
    members.copy(copied, "backup");
    members.open(copied, LATER);
    await().until(() -> members.node(copied).leader() != null);
    members.close(away);
    committed(members.leader().propose("precious"));
    members.closeAll(); // who remembers its start starts anew as well

    members.network().isolate(NodeId.of(copied));
    for (int start = 1; start < starts; start++) {
      members.open(copied, "backup", LATER);
    }
    members.network().heal();
    members.open(copied, "backup", LATER);
    members.open(away, LATER);

    await().atMost(Duration.ofSeconds(20)).until(() -> members.halted.containsKey(copied));
    assertThat(members.halted.get(copied)).contains("restored copy");
    isSilent(away);
    members.open(leading, LATER);
    assertThat(committed(members.leader().propose("after"))).isEqualTo(3);
  }
}
