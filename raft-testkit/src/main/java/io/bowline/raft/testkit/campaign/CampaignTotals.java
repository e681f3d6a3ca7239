package io.bowline.raft.testkit.campaign;

import io.bowline.raft.testkit.RunReport;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The sums of a campaign's runs, in whatever order they end. Guarded by the campaign. */
final class CampaignTotals {
  private final long first;
  private final SortedMap<String, Long> faults = new TreeMap<>();
  private final SortedMap<String, Long> marks = new TreeMap<>();
  private long runs;
  private long highest;
  private long simulatedNanos;
  private long events;
  private long operations;
  private long struck;
  private long hash;

  /** {@code demanded} are the rare events that are missing until they are seen. */
  CampaignTotals(long first, Set<String> demanded) {
    demanded.forEach(name -> marks.put(name, 0L));
    this.first = first;
    this.highest = first;
  }

  void add(RunReport report) {
    runs++;
    highest = Math.max(highest, report.seed());
    simulatedNanos += report.simulatedNanos();
    events += report.events();
    operations += report.operations();
    sum(faults, report.faults());
    sum(marks, report.marks());
    struck += report.faults().values().stream().mapToLong(Long::longValue).sum();
    hash += mix(report.hash() ^ mix(report.seed())); // a sum: workers end in any order
  }

  private static void sum(SortedMap<String, Long> into, Map<String, Long> more) {
    more.forEach((name, count) -> into.merge(name, count, Long::sum));
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  CampaignProgress progress(long from, long to, long wallNanos) {
    long of = to == Long.MAX_VALUE ? 0 : to - from + 1;
    return new CampaignProgress(runs, of, simulatedNanos, struck, operations, events, wallNanos);
  }

  CampaignReport report(long wallNanos, @Nullable CampaignFailure failure) {
    return new CampaignReport(
        first,
        highest,
        runs,
        simulatedNanos,
        events,
        operations,
        faults,
        marks,
        hash,
        wallNanos,
        failure);
  }
}
