package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Membership;
import org.junit.jupiter.api.Test;

/** Each check of how a group is founded is seen to fail, and the nearest legal case to pass. */
class FoundingChecksTest {
  private final GhostGroup group = GhostGroup.beforeItsFounding(3);
  private final Membership record = group.record();

  private void completes(int slot, Membership founding) {
    group.allWrite(founding);
    group.on(slot).founded(Founding.complete(founding));
  }

  /**
   * The record of the directories of now, of which one is not the one that {@code record} names.
   */
  private Membership recordWithout(int slot) {
    group.on(slot).replaceByAnEmptyDisk();
    return group.record();
  }

  @Test
  void allMayCompleteOneFounding() {
    for (int slot = 0; slot < 3; slot++) {
      assertThat(group.protocol.foundings().isComplete()).isFalse();
      group.on(slot).founded(Founding.written(record));
      completes(slot, record);
    }

    assertThat(group.protocol.foundings().isComplete()).isTrue();
    assertThat(group.protocol.foundings().record()).isEqualTo(record);
  }

  @Test
  void aSecondFoundingBesideACompleteOneIsSeen() {
    completes(0, record);
    Membership other = recordWithout(2);

    assertSeen("FOUNDED_ONCE", () -> completes(1, other));
    group.on(1).replaceByAnEmptyDisk();
    Membership afterIt = recordWithout(0); // nobody lives that was complete under another one
    completes(2, afterIt);
  }

  @Test
  void aFoundingThatOneOfItsDirectoriesHasNeverWrittenIsSeen() {
    group.on(0).founded(Founding.written(record));
    group.on(1).founded(Founding.written(record));

    assertThatThrownBy(() -> group.on(0).checks().founded(Founding.complete(record)))
        .hasMessageContaining("FOUNDED_ONCE")
        .hasMessageContaining("never written");
    group.on(2).founded(Founding.written(record));
    group.on(0).founded(Founding.complete(record));
  }

  @Test
  void ofThoseThatHaveWrittenOnlySoManyAreLostAsTheGroupCanDoWithout() {
    Foundings foundings = group.protocol.foundings();
    group.allWrite(record);
    assertThat(foundings.mayLose(1)).isTrue();

    group.on(1).replaceByAnEmptyDisk();
    assertThat(foundings.mayLose(1)).isTrue(); // it has written nothing again
    assertThat(foundings.mayLose(2)).isFalse();
    assertThat(foundings.staysOut(1)).isFalse(); // it may still be in another record

    group.on(0).founded(Founding.complete(record)); // by answers that were on their way
    assertThat(foundings.staysOut(1)).isTrue();
    assertThat(foundings.staysOut(2)).isFalse();
    assertThat(foundings.mayLose(1)).isFalse();
  }

  @Test
  void nothingIsWrittenOverACompleteRecord() {
    completes(0, record);
    Membership other = recordWithout(2);

    for (Founding next :
        new Founding[] {
          Founding.FRESH,
          Founding.written(record),
          Founding.written(other),
          Founding.complete(other)
        }) {
      assertSeen("FOUNDED_ONCE", () -> group.on(0).checks().founded(next));
    }
    group.on(0).checks().founded(Founding.complete(record));
  }

  @Test
  void aRecordThatIsNotCompleteMayGiveWay() {
    group.on(0).founded(Founding.written(record));
    Membership other = recordWithout(2);
    assertThat(group.simulation.marks().seen()).doesNotContainKey("founding record replaced");

    completes(0, other);
    completes(2, other);

    assertThat(group.simulation.marks().seen()).containsKey("founding record replaced");
  }

  @Test
  void whoCompletesARecordThatDoesNotNameItIsSeen() {
    Membership other = recordWithout(2);
    completes(0, other);

    assertThatThrownBy(() -> completes(2, record)).hasMessageContaining("does not name it");
    assertThatThrownBy(() -> group.on(1).checks().founded(unnamed()))
        .hasMessageContaining("FOUNDED_ONCE")
        .hasMessageContaining("does not name it");
  }

  /** As the operator's list is: no directory of it is known. */
  private static Founding unnamed() {
    return Founding.complete(GhostGroup.membership(3));
  }

  @Test
  void aStartReadsTheFoundingThatWasWritten() {
    completes(0, record);
    group.on(0).powerCut();
    group.on(0).open();
    assertThat(group.protocol.foundings().isComplete(0)).isTrue();
    SimulatedDisk complete = group.on(0).disk().onDisk(new Prng(3));
    Membership other = recordWithout(0);
    completes(1, other);
    group.on(0).powerCut();
    group.on(0).disk().replaceWith(complete);

    assertSeen("FOUNDED_ONCE", () -> group.on(0).open());
  }

  @Test
  void aBallotBeforeTheFoundingIsCompleteIsSeen() {
    assertSeen("FOUNDED_FIRST", () -> group.on(0).votes(1, 0));
    group.on(0).founded(Founding.written(record));
    completes(1, record);
    assertSeen(
        "FOUNDED_FIRST", () -> group.on(0).votes(1, 0)); // that another one is, is not enough
    completes(0, record);

    group.on(0).votes(1, 0);
  }

  @Test
  void entriesBeforeTheFoundingIsCompleteAreSeen() {
    assertSeen("FOUNDED_FIRST", () -> group.on(0).appends(1, 1, 1));
    completes(0, record);
    group.on(0).votes(1, 0);

    group.on(0).appends(1, 1, 1);
  }

  @Test
  void whoIsFencedThoughItIsNoCopyIsSeen() {
    completes(0, record);
    completes(1, record);
    group.protocol.spoilt(1); // as whoever brings a copy back says

    assertSeen("COPY_FENCED", () -> group.on(0).fenced());
    group.on(1).fenced();
    assertThat(group.simulation.marks().seen()).containsKey("copy fenced");
  }
}
