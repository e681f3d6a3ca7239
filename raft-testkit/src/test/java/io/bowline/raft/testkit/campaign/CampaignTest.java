package io.bowline.raft.testkit.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.testkit.FaultArea;
import io.bowline.raft.testkit.Marks;
import io.bowline.raft.testkit.RunPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CampaignTest {
  @Test
  void theNumberOfWorkersChangesNothing() {
    Campaign.Builder campaign =
        Campaign.builder().seeds(0x40, 0x43).nodes(3).areas(EnumSet.of(FaultArea.NETWORK));
    CampaignReport alone = campaign.run();
    CampaignReport together = campaign.workers(3).run();

    assertThat(alone.failure()).isNull();
    assertThat(together.hash()).isEqualTo(alone.hash());
    assertThat(together.runs()).isEqualTo(alone.runs()).isEqualTo(4);
    assertThat(together.events()).isEqualTo(alone.events()).isPositive();
    assertThat(together.operations()).isEqualTo(alone.operations()).isPositive();
  }

  @Test
  void anotherBlockIsAnotherHash() {
    Campaign.Builder campaign = Campaign.builder().nodes(1);

    assertThat(campaign.seeds(1, 1).run().hash()).isNotEqualTo(campaign.seeds(2, 2).run().hash());
  }

  @Test
  void whenTheTimeIsUpNoFurtherSeedBegins() {
    List<CampaignProgress> told = new ArrayList<>();
    CampaignReport report =
        Campaign.builder().nodes(1).during(9, Duration.ofNanos(1)).progress(told::add).run();

    assertThat(report.runs()).isZero();
    assertThat(report.firstSeed()).isEqualTo(9);
    assertThat(told).hasSize(1);
    assertThat(told.get(0).of()).isZero();
  }

  @Test
  void freshSeedsAreOfABlockOfTheirOwn() {
    long seed = Campaign.freshSeed();

    assertThat(seed).isNotNegative().isLessThan(1L << 44);
    assertThat(seed & 0xFF).isZero();
  }

  @Test
  void wrongBlocksAreRefused() {
    assertThatThrownBy(() -> Campaign.builder().seeds(5, 4)).hasMessageContaining("5..4");
    assertThatThrownBy(() -> Campaign.builder().workers(0)).hasMessageContaining("0");
  }

  @Test
  void coverageIsDemandedOfManyRunsOnly() {
    TreeMap<String, Long> marks = new TreeMap<>();
    marks.put("SEEN", 3L);
    marks.put("NEVER", 0L);

    assertThat(report(1_999, marks, null).passed()).isTrue();
    assertThat(report(2_000, marks, null).missing()).containsExactly("NEVER");
    assertThat(report(2_000, marks, null).passed()).isFalse();
    assertThat(report(2_000, marks, null).format()).contains("1 of 2", "missing");
  }

  @Test
  void aCampaignDemandsTheEventsOfTheFaultsThatAreOn() {
    EnumSet<FaultArea> areas = EnumSet.of(FaultArea.NETWORK);
    CampaignReport report = Campaign.builder().seeds(0x40, 0x40).areas(areas).run();

    RunPlan plan = RunPlan.of(0x40).withAreas(areas);
    assertThat(report.marks().keySet()).containsAll(Marks.demanded(plan));
    assertThat(report.marks()).containsValue(0L); // one run never sees all
  }

  @Test
  void aFailureIsNoPass() {
    CampaignFailure failure = new CampaignFailure(RunPlan.of(1), "LIVENESS", 2, "stuck");

    assertThat(report(1, new TreeMap<>(), failure).passed()).isFalse();
  }

  private static CampaignReport report(
      long runs, SortedMap<String, Long> marks, @Nullable CampaignFailure failure) {
    return new CampaignReport(1, runs, runs, 1, 1, 1, new TreeMap<>(), marks, 1, 1, failure);
  }

  @Test
  void aPlanThatCannotBeReadIsNamed() {
    assertThatThrownBy(() -> PlanFile.parse("1s for 1s Crash node=n1"))
        .hasMessageContaining("is no first line of a plan");
    assertThatThrownBy(() -> PlanFile.parse("# seed=0x1 nodes=many"))
        .hasMessageContaining("nodes=many");
    assertThatThrownBy(() -> PlanFile.parse("# seed=0x1 colour=2"))
        .hasMessageContaining("there is no colour");
  }
}
