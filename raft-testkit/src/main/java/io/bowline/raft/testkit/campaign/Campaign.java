package io.bowline.raft.testkit.campaign;

import io.bowline.raft.testkit.FaultArea;
import io.bowline.raft.testkit.Marks;
import io.bowline.raft.testkit.RunObserver;
import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.RunReport;
import io.bowline.raft.testkit.SimulatedRun;
import io.bowline.raft.testkit.SimulationFailure;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Many seeds, one run each, until the block is done, the time is up, or a check has seen what must
 * not be. Runs share nothing, so several go on beside one another and each gives what it would give
 * alone.
 */
public final class Campaign {
  private static final long TELL_EVERY_NANOS = 200_000_000L;

  private final Builder settings;
  private final RunPlan template;
  private final CampaignTotals totals;
  private final long started = System.nanoTime();
  private long next;
  private long toldAt = started;
  private @Nullable CampaignFailure failure;

  private Campaign(Builder settings) {
    this.settings = settings;
    this.template = RunPlan.of(settings.first).withNodes(settings.nodes).withAreas(settings.areas);
    this.totals = new CampaignTotals(settings.first, Marks.demanded(template));
    this.next = settings.first;
  }

  /** A campaign of all faults, drawn cluster sizes and one worker, over seeds still to be named. */
  public static Builder builder() {
    return new Builder();
  }

  /** The first seed of a block of its own: for campaigns, which print it, and never for a test. */
  public static long freshSeed() {
    // 44 bits: read out over a telephone, and far from any other block
    return new SecureRandom().nextLong(1L << 36) << 8;
  }

  /** What a campaign runs. */
  public static final class Builder {
    private long first;
    private long last;
    private @Nullable Duration time;
    private Set<FaultArea> areas = EnumSet.allOf(FaultArea.class);
    private int nodes;
    private int workers = 1;
    private Consumer<CampaignProgress> progress = state -> {};

    private Builder() {}

    /** Each seed from the first to the last, both included. */
    public Builder seeds(long from, long to) {
      if (to < from) {
        throw new IllegalArgumentException("seeds " + from + ".." + to + " are none");
      }
      first = from;
      last = to;
      time = null;
      return this;
    }

    /** Seeds from that one on, and no new one after so long (wall time). */
    public Builder during(long from, Duration atMost) {
      first = from;
      last = Long.MAX_VALUE;
      time = atMost;
      return this;
    }

    /** Only faults of these areas; default: all. */
    public Builder areas(Set<FaultArea> some) {
      areas = EnumSet.copyOf(some);
      return this;
    }

    /** So many voters in each run; default: each seed draws its own. */
    public Builder nodes(int count) {
      nodes = count;
      return this;
    }

    /** So many runs beside one another, at least 1; default: 1. */
    public Builder workers(int count) {
      if (count < 1) {
        throw new IllegalArgumentException("a campaign needs a worker, not " + count);
      }
      workers = count;
      return this;
    }

    /** Hears a few times a second how far it is, from one worker at a time. */
    public Builder progress(Consumer<CampaignProgress> listener) {
      progress = listener;
      return this;
    }

    /** Runs it; what was found stands in the report. */
    public CampaignReport run() {
      return new Campaign(this).run();
    }
  }

  private CampaignReport run() {
    List<Thread> threads = new ArrayList<>();
    for (int i = 1; i < settings.workers; i++) {
      Thread thread = new Thread(this::work, "campaign-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    work();
    for (Thread thread : threads) {
      join(thread);
    }
    synchronized (this) {
      settings.progress.accept(totals.progress(settings.first, settings.last, elapsed()));
      return totals.report(elapsed(), failure);
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    for (Long seed = take(); seed != null; seed = take()) {
      RunPlan plan = template.withSeed(seed);
      try {
        RunReport report = new SimulatedRun(plan, RunObserver.NONE).run();
        SimulationFailure seen = report.failure();
        ended(report, seen == null ? null : CampaignFailure.of(plan, seen));
      } catch (RuntimeException | Error thrown) {
        ended(null, CampaignFailure.uncaught(plan, thrown));
      }
    }
  }

  /** The next seed; null when there is none, the time is up, or something was found. */
  private synchronized @Nullable Long take() {
    Duration time = settings.time;
    boolean timeIsUp = time != null && elapsed() >= time.toNanos();
    return failure != null || timeIsUp || next > settings.last ? null : Long.valueOf(next++);
  }

  /** Seeds are taken in order, so of several failures the one of the lowest seed is the first. */
  private synchronized void ended(@Nullable RunReport report, @Nullable CampaignFailure found) {
    if (report != null) {
      totals.add(report);
    }
    CampaignFailure before = failure;
    if (found != null && (before == null || found.plan().seed() < before.plan().seed())) {
      failure = found;
    }
    long now = System.nanoTime();
    if (now - toldAt >= TELL_EVERY_NANOS) {
      toldAt = now;
      settings.progress.accept(totals.progress(settings.first, settings.last, elapsed()));
    }
  }

  private long elapsed() {
    return System.nanoTime() - started;
  }
}
