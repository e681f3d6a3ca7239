package io.bowline.raft.founding;

import static io.bowline.raft.founding.Lines.directory;
import static io.bowline.raft.founding.Lines.id;
import static io.bowline.raft.founding.Lines.line;
import static io.bowline.raft.founding.Lines.list;
import static io.bowline.raft.founding.Lines.record;
import static io.bowline.raft.founding.Lines.state;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.Founding;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.FoundingStatus.Seen;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules 1 to 10 of IDENTITY, one by one; n1 is the first of the list. */
class FounderTest {
  private static final Membership LIST = list(3);
  private static final Membership ALL = record(0, 0, 0);

  private final List<Act> acts = new ArrayList<>();
  private final Map<GroupLink, Long> numbers = new HashMap<>();
  private Founder founder = founder(1, Founding.FRESH);

  private static Founder founder(int node, Founding stored) {
    return new Founder(id(node), state(node, 0, stored, LIST), LIST, false, 0, 100);
  }

  private static DirectoryState fresh(int node) {
    return state(node, 0, Founding.FRESH, LIST);
  }

  private static DirectoryState written(int node, Membership record) {
    return state(node, 0, Founding.written(record), LIST);
  }

  private static DirectoryState complete(int node, Membership record) {
    return state(node, 0, Founding.complete(record), LIST);
  }

  /** What was to be done for the last input. */
  private void done(List<Act> next) {
    acts.clear();
    acts.addAll(next);
    for (Act act : next) {
      if (act instanceof Act.Greet greet) {
        numbers.put(greet.link(), greet.number());
      }
    }
  }

  private void opened(int... nodes) {
    for (int node : nodes) {
      done(founder.linkOpened(line(node, "to")));
    }
  }

  /** Of the latest hello on that line. */
  private long number(GroupLink link) {
    return requireNonNull(numbers.get(link));
  }

  private void answered(int node, DirectoryState theirs) {
    GroupLink link = line(node, "to");
    done(founder.answered(link, number(link), theirs));
  }

  private void is(int node, Founding stored) {
    founder = founder(node, stored);
    done(founder.start());
    for (int other = 1; other <= 3; other++) {
      if (other != node) {
        opened(other);
      }
    }
  }

  private Founding asked() {
    assertThat(acts).hasSize(1).first().isInstanceOf(Act.Write.class);
    return ((Act.Write) acts.get(0)).next();
  }

  private <A extends Act> A only(Class<A> kind) {
    assertThat(acts).filteredOn(kind::isInstance).hasSize(1);
    return kind.cast(acts.stream().filter(kind::isInstance).findFirst().orElseThrow());
  }

  private void decidesNothing() {
    assertThat(acts).isEmpty();
  }

  // Identity 2

  @Test
  void firstMemberWritesARecordOfAllThatHaveAnswered() {
    is(1, Founding.FRESH);

    answered(2, fresh(2));
    decidesNothing();
    answered(3, fresh(3));

    assertThat(asked()).isEqualTo(Founding.written(ALL));
  }

  @Test
  void nobodyElseMakesARecord() {
    is(2, Founding.FRESH);

    answered(1, fresh(1));
    answered(3, fresh(3));

    decidesNothing();
  }

  @Test
  void anotherRecordTakesThePlaceOfOneThatNamesOthers() {
    is(1, Founding.written(record(0, 7, 0)));

    answered(2, fresh(2));
    answered(3, written(3, record(0, 7, 0)));

    assertThat(asked()).isEqualTo(Founding.written(ALL));
  }

  @Test
  void addressesAreOfTheFirstListAndLevelsOfTheHellosAndTheGroupHasTheLowest() {
    is(1, Founding.FRESH);
    DirectoryState n2 = fresh(2);

    answered(
        2,
        new DirectoryState(
            n2.incarnation(), n2.start(), n2.founding(), n2.listHash(), 0, "elsewhere:9"));
    answered(3, fresh(3));

    Membership record = asked().record();
    assertThat(record).isNotNull();
    assertThat(record.members())
        .extracting(Member::address)
        .containsExactly("host1:1", "host2:1", "host3:1");
    assertThat(record.members()).extracting(Member::featureLevel).containsExactly(1, 0, 1);
    assertThat(record.settings().featureLevel()).isZero();
  }

  // Identity 3

  @Test
  void othersWriteTheFirstOnesRecordIfItNamesThem() {
    is(2, Founding.written(record(5, 0, 0)));

    answered(1, written(1, ALL));

    assertThat(asked()).isEqualTo(Founding.written(ALL));
  }

  @Test
  void recordThatNamesAnotherDirectoryIsNotWritten() {
    is(2, Founding.FRESH);

    answered(1, written(1, record(0, 4, 0)));

    decidesNothing();
  }

  @Test
  void recordOfAnybodyElseIsNotWritten() {
    is(2, Founding.FRESH);

    answered(3, written(3, ALL));

    decidesNothing();
  }

  // Identity 4

  @Test
  void completeWhenAllOthersHaveWrittenTheSame() {
    is(2, Founding.written(ALL));

    answered(1, written(1, ALL));
    decidesNothing();
    answered(3, written(3, ALL));

    assertThat(asked()).isEqualTo(Founding.complete(ALL));
  }

  @Test
  void notCompleteWhileOneHasWrittenAnotherOrIsAnotherDirectory() {
    is(2, Founding.written(ALL));

    answered(1, written(1, ALL));
    answered(3, written(3, record(0, 0, 8)));
    decidesNothing();
    answered(3, state(3, 8, Founding.written(ALL), LIST));

    decidesNothing();
  }

  @Test
  void completeByOneThatIsCompleteUnderARecordThatNamesIt() {
    is(3, Founding.written(record(0, 9, 0)));

    answered(2, complete(2, ALL));

    assertThat(asked()).isEqualTo(Founding.complete(ALL));
  }

  @Test
  void whoIsCompleteTakesNoOtherRecord() {
    is(2, Founding.complete(ALL));

    answered(1, written(1, record(3, 0, 0)));

    decidesNothing();
    assertThat(founder.isComplete()).isTrue();
  }

  // Identity 5

  @Test
  void answerToAnOlderHelloCountsNoMore() {
    is(1, Founding.FRESH);
    long old = number(line(2, "to"));
    answered(3, fresh(3));
    done(founder.linkOpened(line(3, "to again")));

    done(founder.answered(line(2, "to"), old, fresh(2)));
    done(founder.answered(line(3, "to again"), number(line(3, "to again")), fresh(3)));

    decidesNothing();
    assertThat(number(line(2, "to"))).isGreaterThan(old);
  }

  @Test
  void answerOnAConnectionThatWasReplacedCountsNoMore() {
    is(1, Founding.FRESH);
    done(founder.linkOpened(line(2, "to again")));

    done(founder.answered(line(2, "to"), number(line(2, "to again")), fresh(2)));
    answered(3, fresh(3));

    decidesNothing();
  }

  @Test
  void eachWriteIsFollowedByAHelloToAllAndAnswersBeforeItCountNoMore() {
    is(2, Founding.FRESH);
    answered(3, written(3, ALL));
    answered(1, written(1, ALL));
    assertThat(founder.state().founding()).isEqualTo(Founding.FRESH);
    assertThat(founder.answered(line(1, "to"), number(line(1, "to")), written(1, ALL))).isEmpty();

    done(founder.written());

    assertThat(acts).hasSize(2).allMatch(Act.Greet.class::isInstance);
    assertThat(founder.state().founding()).isEqualTo(Founding.written(ALL));
  }

  @Test
  void whoHasNewsIsAskedAgain() {
    is(2, Founding.FRESH);
    answered(1, fresh(1));

    done(founder.heard(line(1, "from"), written(1, ALL)));

    assertThat(only(Act.Greet.class).link()).isEqualTo(line(1, "to"));
    done(founder.heard(line(1, "from"), written(1, ALL)));
    decidesNothing();
  }

  @Test
  void answerOfAConnectionThatIsGoneCountsNoMore() {
    is(1, Founding.FRESH);
    answered(2, fresh(2));

    done(founder.linkClosed(line(2, "to")));
    answered(3, fresh(3));

    decidesNothing();
  }

  @Test
  void completionIsToldOnceItIsDurable() {
    is(2, Founding.written(ALL));
    answered(1, complete(1, ALL));
    assertThat(founder.isComplete()).isFalse();

    done(founder.written());

    assertThat(acts.get(0)).isEqualTo(new Act.Completed(ALL));
    assertThat(founder.passes(complete(3, ALL))).isTrue();
    assertThat(founder.passes(written(3, ALL))).isFalse();
    assertThatThrownBy(() -> founder.written()).isInstanceOf(IllegalStateException.class);
  }

  // Identity 7

  @Test
  void whoMeetsACompleteRecordWithoutItselfStaysOut() {
    is(1, Founding.FRESH);
    answered(3, fresh(3));

    answered(2, complete(2, record(6, 0, 0)));

    assertThat(only(Act.StayOut.class).reason())
        .contains("n1", directory(1, 0).toString(), "n2", "stays out")
        .contains(FoundingId.of(record(6, 0, 0)).toString(), "docs/operations/founding.md");
    answered(2, fresh(2));
    decidesNothing();
    assertThat(founder.status().stopped()).contains("stays out");
  }

  @Test
  void whoMeetsItByAHelloOfSomebodyNewStaysOutToo() {
    is(1, Founding.FRESH);

    done(founder.heard(line(9, "from"), complete(9, record(6, 0, 0))));

    only(Act.StayOut.class);
  }

  @Test
  void whoStaysOutIsCompleteByARecordThatNamesItAfterAll() {
    is(2, Founding.FRESH);
    done(founder.heard(line(9, "from"), complete(9, record(6, 6, 0))));

    answered(1, complete(1, ALL));

    assertThat(asked()).isEqualTo(Founding.complete(ALL));
  }

  @Test
  void newsOfAFoundingWithoutItIsToldAfterTheWriteThatWasOnItsWay() {
    is(2, Founding.FRESH);
    answered(1, written(1, ALL));
    done(founder.heard(line(9, "from"), complete(9, record(6, 6, 0))));
    assertThat(acts).noneMatch(Act.StayOut.class::isInstance);

    done(founder.written());

    only(Act.StayOut.class);
  }

  @Test
  void completeRecordsThatDifferRefuseEachOtherWithBothIds() {
    is(1, Founding.complete(ALL));
    Membership other = record(0, 1, 1);

    answered(2, complete(2, other));
    only(Act.Refuse.class);
    done(founder.heard(line(2, "from"), complete(2, other)));

    assertThat(only(Act.Refuse.class).reason())
        .contains(FoundingId.of(ALL).toString(), FoundingId.of(other).toString());
    assertThat(founder.passes(complete(2, other))).isFalse();
  }

  // Identity 8

  @Test
  void nobodyWritesWhileTwoDirectoriesOfOneIdAreConnected() {
    is(1, Founding.FRESH);
    done(founder.heard(line(3, "10.0.0.8"), state(3, 5, Founding.FRESH, LIST)));

    answered(3, fresh(3));
    assertThat(only(Act.Twins.class).id()).isEqualTo(id(3));
    assertThat(only(Act.Twins.class).addresses())
        .hasSize(2)
        .anyMatch(a -> a.contains("10.0.0.8"))
        .anyMatch(a -> a.contains("from to"));
    answered(2, fresh(2));
    decidesNothing();
    assertThat(founder.status().others().get(1).seen()).isEqualTo(Seen.TWINS);
    done(founder.linkClosed(line(3, "10.0.0.8")));

    assertThat(asked()).isEqualTo(Founding.written(ALL));
  }

  @Test
  void anotherDirectoryOfTheOwnIdIsATwinToo() {
    is(2, Founding.FRESH);

    done(founder.heard(line(2, "10.0.0.8"), state(2, 1, Founding.FRESH, LIST)));
    only(Act.Twins.class);
    answered(1, written(1, ALL));

    decidesNothing();
  }

  // Identity 9

  @Test
  void anotherListIsRefusedWithBothHashesAndNotHeld() {
    is(1, Founding.FRESH);
    Membership other = list(4);

    answered(2, state(2, 0, Founding.FRESH, other));
    assertThat(only(Act.Refuse.class).reason())
        .contains(Long.toHexString(LIST.listHash()), Long.toHexString(other.listHash()))
        .contains("[n1, n2, n3]", "docs/operations/founding.md");
    answered(3, fresh(3));

    decidesNothing();
    assertThat(founder.status().text()).contains("n2 (other list)");
  }

  @Test
  void otherSettingsAreAnotherListButAddressesAndLevelsAreNot() {
    Membership moved =
        new Membership(
            LIST.members().stream()
                .map(m -> new Member(m.id(), null, "x" + m.address(), m.role(), 0, 9))
                .toList(),
            LIST.settings().withFeatureLevel(9));

    assertThat(moved.listHash()).isEqualTo(LIST.listHash());
    assertThat(list(2).listHash()).isNotEqualTo(LIST.listHash());
  }

  @Test
  void whoIsCompleteComparesTheFoundingOnly() {
    is(1, Founding.complete(ALL));

    done(founder.heard(line(2, "from"), state(2, 0, Founding.FRESH, list(4))));
    decidesNothing();
    done(founder.heard(line(2, "from"), state(2, 0, Founding.complete(ALL), list(4))));

    decidesNothing();
  }

  @Test
  void completeRecordOfAnotherListIsRefused() {
    is(1, Founding.FRESH);

    answered(2, complete(2, record(0, 0, 0, 0)));

    only(Act.Refuse.class);
    assertThat(acts).noneMatch(Act.Write.class::isInstance);
  }

  // Identity 10

  @Test
  void singleMemberIsCompleteAtOnceByBootstrap() {
    Membership alone = list(1);

    done(new Founder(id(1), state(1, 0, Founding.FRESH, alone), alone, false, 0, 100).start());

    assertThat(asked()).isEqualTo(Founding.complete(record(0)));
  }

  @Test
  void singleMemberThatMayHaveBeenThereBeforeListensForTwoElectionTimeouts() {
    Membership alone = list(1);
    founder = new Founder(id(1), state(1, 0, Founding.FRESH, alone), alone, true, 5, 100);

    done(founder.start());
    assertThat(acts).containsExactly(new Act.WakeAt(205));
    done(founder.time(204));
    decidesNothing();
    done(founder.time(205));

    assertThat(asked()).isEqualTo(Founding.complete(record(0)));
  }

  @Test
  void oneOfSeveralDoesNotListenFirst() {
    founder = new Founder(id(1), state(1, 0, Founding.FRESH, LIST), LIST, true, 0, 100);
    done(founder.start());
    opened(2, 3);

    answered(2, fresh(2));
    answered(3, fresh(3));

    assertThat(asked()).isEqualTo(Founding.written(ALL));
  }

  @Test
  void singleMemberThatHearsOfItsGroupElsewhereStaysOut() {
    Membership alone = list(1);
    founder = new Founder(id(1), state(1, 0, Founding.FRESH, alone), alone, true, 0, 100);
    done(founder.start());

    done(founder.heard(line(2, "from"), complete(2, record(4))));
    only(Act.StayOut.class);
    done(founder.time(300));

    decidesNothing();
  }

  // The rest of the table

  @Test
  void whoIsNotCompletePassesNoMessagesToWhoIs() {
    is(1, Founding.complete(ALL));

    done(founder.heard(line(2, "from"), fresh(2)));

    decidesNothing();
    assertThat(founder.passes(fresh(2))).isFalse();
  }

  @Test
  void completeOfTheSameFoundingPass() {
    is(1, Founding.complete(ALL));

    done(founder.heard(line(2, "from"), complete(2, ALL)));

    decidesNothing();
    assertThat(founder.passes(complete(2, ALL))).isTrue();
  }

  @Test
  void statusSaysForWhomItWaitsAndWhy() {
    is(1, Founding.FRESH);
    answered(2, fresh(2));

    assertThat(founder.status().text())
        .isEqualTo("founding not complete: waits for n2 (fresh), n3 (not met)");
    done(founder.linkClosed(line(2, "to")));
    assertThat(founder.status().text()).contains("n2 (fresh, not connected)");
  }

  @Test
  void listThatIsNotTheDirectorysIsRefused() {
    assertThatThrownBy(
            () -> new Founder(id(1), state(1, 0, Founding.FRESH, list(4)), LIST, false, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
