package io.bowline.raft.testkit;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Which faults strike and when: what a run has recorded, and what a run can be given. A regression
 * is kept as one of these, for a seed means another run as soon as one more number is drawn.
 *
 * @param strikes in the order of time
 */
public record FaultSchedule(List<Strike> strikes) {
  /**
   * One fault.
   *
   * @param atNanos when it strikes, ns of true time since the beginning of the run
   * @param fault what goes wrong
   * @param lengthNanos after which it is undone, unless the run heals everything before
   */
  public record Strike(long atNanos, Fault fault, long lengthNanos) {
    /**
     * Checks the times.
     *
     * @throws IllegalArgumentException if one of them is negative
     */
    public Strike {
      if (atNanos < 0 || lengthNanos < 0) {
        throw new IllegalArgumentException("times must not be negative: " + atNanos);
      }
    }

    /** As a line of {@link FaultSchedule#format}. */
    @Override
    public String toString() {
      return seconds(atNanos) + " for " + seconds(lengthNanos) + " " + FaultText.format(fault);
    }
  }

  /** Copies the list. */
  public FaultSchedule {
    strikes = List.copyOf(strikes);
  }

  /** No fault at all. */
  public static FaultSchedule none() {
    return new FaultSchedule(List.of());
  }

  /**
   * One line for each strike, such as {@code 12.345678s for 2.5s Partition side=n1,n2 out=true
   * in=false}.
   */
  public String format() {
    StringBuilder text = new StringBuilder();
    for (Strike strike : strikes) {
      text.append(strike).append('\n');
    }
    return text.toString();
  }

  /**
   * Reads what {@link #format} writes; empty lines and lines that begin with {@code #} say nothing.
   *
   * @throws IllegalArgumentException naming the line that says something else
   */
  public static FaultSchedule parse(String text) {
    List<Strike> strikes = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String trimmed = line.trim();
      if (trimmed.isEmpty() || trimmed.startsWith("#")) {
        continue;
      }
      try {
        strikes.add(parseStrike(trimmed));
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new IllegalArgumentException("'" + trimmed + "': " + e.getMessage(), e);
      }
    }
    return new FaultSchedule(strikes);
  }

  private static Strike parseStrike(String line) {
    String[] parts = line.split(" ", 4);
    if (parts.length < 4 || !parts[1].equals("for")) {
      throw new IllegalArgumentException("a strike reads '1.5s for 2s Fault name=value ...'");
    }
    return new Strike(nanos(parts[0]), FaultText.parse(parts[3]), nanos(parts[2]));
  }

  private static String seconds(long nanos) {
    return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString() + "s";
  }

  private static long nanos(String seconds) {
    if (!seconds.endsWith("s")) {
      throw new IllegalArgumentException(seconds + " is no time in seconds, such as 2.5s");
    }
    return new BigDecimal(seconds.substring(0, seconds.length() - 1))
        .movePointRight(9)
        .longValueExact();
  }
}
