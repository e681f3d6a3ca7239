package io.bowline.raft.testkit.campaign;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of a campaign.
 *
 * @param firstSeed of the block
 * @param lastSeed the highest that was run
 * @param runs that have ended
 * @param simulatedNanos of virtual time, of all runs
 * @param events that were checked
 * @param operations that clients and embedders asked for
 * @param faults how often each kind struck
 * @param marks how often each rare event occurred; 0 for one that is demanded and never did
 * @param hash of all runs' hashes, whatever the number of workers
 * @param wallNanos how long it took
 * @param failure the one of the lowest seed, or {@code null} if every check held
 */
public record CampaignReport(
    long firstSeed,
    long lastSeed,
    long runs,
    long simulatedNanos,
    long events,
    long operations,
    SortedMap<String, Long> faults,
    SortedMap<String, Long> marks,
    long hash,
    long wallNanos,
    @Nullable CampaignFailure failure) {
  /** From so many runs on, each demanded mark must have been seen. */
  public static final int COVERAGE_FROM_RUNS = 2_000;

  private static final double NANOS_PER_HOUR = 3_600e9;

  /** Copies the maps. */
  public CampaignReport {
    faults = Collections.unmodifiableSortedMap(new TreeMap<>(faults));
    marks = Collections.unmodifiableSortedMap(new TreeMap<>(marks));
  }

  /** Whether every check held and nothing that is demanded is missing. */
  public boolean passed() {
    return failure == null && missing().isEmpty();
  }

  /** Rare events that so many runs should have seen; of few runs nothing is demanded. */
  public List<String> missing() {
    if (runs < COVERAGE_FROM_RUNS) {
      return List.of();
    }
    return unseen();
  }

  private List<String> unseen() {
    return marks.entrySet().stream().filter(m -> m.getValue() == 0).map(Map.Entry::getKey).toList();
  }

  /** Checked events in a second of wall time. */
  public double eventsPerSecond() {
    return events * 1e9 / Math.max(1, wallNanos);
  }

  /** A table for people. */
  public String format() {
    StringBuilder text = new StringBuilder();
    row(text, "seeds", String.format(Locale.ROOT, "0x%X..0x%X", firstSeed, lastSeed));
    row(text, "runs", number(runs));
    double hours = simulatedNanos / NANOS_PER_HOUR;
    row(text, "simulated hours", String.format(Locale.ROOT, "%.2f", hours));
    row(text, "operations", number(operations));
    row(text, "events", number(events));
    row(text, "wall seconds", String.format(Locale.ROOT, "%.1f", wallNanos / 1e9));
    row(text, "events/s", number((long) eventsPerSecond()));
    double perMinute = hours * 60e9 / Math.max(1, wallNanos);
    row(text, "simulated hours/min", String.format(Locale.ROOT, "%.2f", perMinute));
    row(text, "hash of hashes", String.format(Locale.ROOT, "%016x", hash));
    row(text, "faults", number(faults.values().stream().mapToLong(Long::longValue).sum()));
    faults.forEach((kind, count) -> row(text, "  " + kind, number(count)));
    row(text, "rare events seen", marks.size() - unseen().size() + " of " + marks.size());
    missing().forEach(mark -> row(text, "  missing", mark));
    return text.toString();
  }

  private static void row(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-26s %18s%n", name, value));
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
