package io.bowline.raft.testkit.jqwik;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.FaultSchedule.Strike;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

@Domain(RaftDomain.class)
@Domain(DomainContext.Global.class)
class RaftArbitrariesProperties {
  @Property(tries = 200)
  void eachScheduleCanBeWrittenDownAndReadAgain(@ForAll FaultSchedule faults) {
    assertThat(FaultSchedule.parse(faults.format())).isEqualTo(faults);
  }

  @Property(tries = 200)
  void strikesAreInOrderAndNameMachinesThatAreThere(@ForAll FaultSchedule faults) {
    List<Long> times = faults.strikes().stream().map(Strike::atNanos).toList();

    assertThat(times).isSorted().hasSizeLessThanOrEqualTo(6);
    assertThat(faults.format()).doesNotContain("n0", "n4", "client=2");
  }

  @Property(tries = 100)
  void aScheduleIsAsLongAndAsFullAsItWasAskedFor(@ForAll("short ones") FaultSchedule faults) {
    assertThat(faults.strikes()).hasSizeBetween(2, 3);
    assertThat(faults.strikes())
        .allSatisfy(
            strike -> {
              assertThat(strike.atNanos()).isBetween(0L, 1_000_000_000L);
              assertThat(strike.lengthNanos()).isBetween(20_000_000L, 30_000_000L);
            });
  }

  @Property(tries = 100)
  void commandsAreNeverNone(@ForAll("commands") List<Integer> commands) {
    assertThat(commands).hasSizeBetween(1, 60);
  }

  @Example
  void anyFaultIsEachKindNowAndThen() {
    Set<String> kinds = new LinkedHashSet<>();
    RaftArbitraries.faults(3, 2)
        .any()
        .sampleStream()
        .limit(3_000)
        .forEach(f -> kinds.add(f.kind()));

    assertThat(kinds).hasSize(29);
  }

  @Provide("short ones")
  Arbitrary<FaultSchedule> shortOnes() {
    return RaftArbitraries.schedules(RaftArbitraries.faults(5, 1).powerCuts())
        .atLeast(2)
        .atMost(3)
        .within(Duration.ofSeconds(1))
        .lasting(Duration.ofMillis(20), Duration.ofMillis(30));
  }

  @Provide
  Arbitrary<List<Integer>> commands() {
    return RaftArbitraries.commands(Arbitraries.integers());
  }
}
