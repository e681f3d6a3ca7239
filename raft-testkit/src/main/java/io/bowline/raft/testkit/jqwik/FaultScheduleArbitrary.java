package io.bowline.raft.testkit.jqwik;

import io.bowline.raft.testkit.Fault;
import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.FaultSchedule.Strike;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.arbitraries.ArbitraryDecorator;

/**
 * Schedules of faults: up to six within ten seconds, each for 0.1 to 5 s, unless said otherwise.
 * Immutable; times are drawn in whole milliseconds, so that a shrunk one reads well.
 */
public final class FaultScheduleArbitrary extends ArbitraryDecorator<FaultSchedule> {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Arbitrary<Fault> fault;
  private final Duration within;
  private final Duration shortest;
  private final Duration longest;
  private final int fewest;
  private final int most;

  FaultScheduleArbitrary(Arbitrary<Fault> fault) {
    this(fault, Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofSeconds(5), 0, 6);
  }

  private FaultScheduleArbitrary(
      Arbitrary<Fault> fault,
      Duration within,
      Duration shortest,
      Duration longest,
      int fewest,
      int most) {
    if (shortest.isNegative() || longest.compareTo(shortest) < 0 || within.isNegative()) {
      throw new IllegalArgumentException(
          "faults last " + shortest + " to " + longest + " and strike within " + within);
    }
    if (fewest < 0 || most < fewest) {
      throw new IllegalArgumentException(fewest + " to " + most + " faults are none");
    }
    this.fault = fault;
    this.within = within;
    this.shortest = shortest;
    this.longest = longest;
    this.fewest = fewest;
    this.most = most;
  }

  /** They strike in that time from the beginning of the run on. */
  public FaultScheduleArbitrary within(Duration time) {
    return new FaultScheduleArbitrary(fault, time, shortest, longest, fewest, most);
  }

  /** Each lasts so long, in ms. A fault that knows its own length, such as a pause, keeps it. */
  public FaultScheduleArbitrary lasting(Duration least, Duration longestTime) {
    return new FaultScheduleArbitrary(fault, within, least, longestTime, fewest, most);
  }

  /** At least so many faults. */
  public FaultScheduleArbitrary atLeast(int count) {
    return new FaultScheduleArbitrary(
        fault, within, shortest, longest, count, Math.max(count, most));
  }

  /** At most so many faults. */
  public FaultScheduleArbitrary atMost(int count) {
    return new FaultScheduleArbitrary(
        fault, within, shortest, longest, Math.min(fewest, count), count);
  }

  @Override
  protected Arbitrary<FaultSchedule> arbitrary() {
    Arbitrary<Strike> strike =
        Combinators.combine(
                FaultArbitraries.millis(0, within.toMillis()),
                fault,
                FaultArbitraries.millis(shortest.toMillis(), longest.toMillis()))
            .as(
                (at, one, length) ->
                    new Strike(at * NANOS_PER_MILLI, one, length * NANOS_PER_MILLI));
    return strike.list().ofMinSize(fewest).ofMaxSize(most).map(FaultScheduleArbitrary::inOrder);
  }

  private static FaultSchedule inOrder(List<Strike> strikes) {
    return new FaultSchedule(
        strikes.stream().sorted(Comparator.comparingLong(Strike::atNanos)).toList());
  }
}
