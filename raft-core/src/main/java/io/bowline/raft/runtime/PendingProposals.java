package io.bowline.raft.runtime;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Refusal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Proposals that have an index and no outcome. They stay when leadership goes (DESIGN 9): an entry
 * of theirs that is applied commits them; an applied entry of a higher term says that they never
 * will be, for every later leader holds that entry, and behind it no lower term can stand (§5.4).
 * Work under the lock is per batch.
 */
final class PendingProposals {
  /** What one Append gave indexes to. */
  private static final class Run {
    final EntryId first;
    final int count;
    List<? extends Proposal> proposals;
    int settled; // so many, from the first on
    long minDeadlineNanos;
    long endedBytes; // of those that are not settled, once nobody waits for any of them

    Run(EntryId first, List<? extends Proposal> proposals) {
      this.first = first;
      this.count = proposals.size();
      this.proposals = proposals;
      long earliest = Long.MAX_VALUE;
      for (Proposal proposal : proposals) {
        earliest = Math.min(earliest, proposal.deadlineNanos);
      }
      this.minDeadlineNanos = earliest;
    }

    long last() {
      return first.index() + count - 1;
    }

    /** Gathers what is late; with nobody left who waits, only what they hold is remembered. */
    void expire(long nowNanos, List<Proposal> late) {
      boolean somebodyWaits = false;
      long next = Long.MAX_VALUE;
      for (Proposal proposal : proposals) {
        if (proposal.isEnded()) {
          continue;
        }
        if (proposal.deadlineNanos - nowNanos <= 0) {
          late.add(proposal);
        } else {
          somebodyWaits = true;
          next = Math.min(next, proposal.deadlineNanos);
        }
      }
      minDeadlineNanos = next;
      if (!somebodyWaits) {
        forget();
      }
    }

    private void forget() {
      for (Proposal proposal : proposals.subList(settled, count)) {
        endedBytes += proposal.heldBytes();
      }
      proposals = List.of();
    }

    boolean isForgotten() {
      return proposals.isEmpty();
    }
  }

  /** Oldest first: terms never fall, and within a term indexes follow one another. */
  private final ArrayDeque<Run> runs = new ArrayDeque<>();

  /** These were appended from {@code first} on. */
  synchronized void add(EntryId first, List<? extends Proposal> proposals) {
    runs.add(new Run(first, proposals));
  }

  /** Whose entries these committed ones are, by position; null if none of them is from here. */
  @Nullable Proposal @Nullable [] claim(EntryBatch committed, Outcomes outcomes) {
    EntryId last = committed.last();
    List<Run> claimed = null;
    synchronized (this) {
      for (Run run : runs) {
        if (!isSettledBy(run, last)) {
          break;
        }
        if (!run.isForgotten()) {
          claimed = claimed == null ? new ArrayList<>() : claimed;
          claimed.add(run);
        }
      }
    }
    return claimed == null ? null : assign(claimed, committed, outcomes);
  }

  /** Up to there everything is applied: what waited for it waits no more. */
  void applied(EntryId last, Outcomes outcomes) {
    List<Proposal> over = new ArrayList<>();
    synchronized (this) {
      Run head = runs.peek();
      while (head != null && isSettledBy(head, last)) {
        boolean restIsToCome = head.first.term() == last.term() && head.last() > last.index();
        int to = restIsToCome ? (int) (last.index() - head.first.index() + 1) : head.count;
        if (!head.isForgotten()) {
          over.addAll(head.proposals.subList(head.settled, to));
        } else if (!restIsToCome) {
          outcomes.settled(head.count - head.settled, head.endedBytes);
        }
        if (restIsToCome) {
          head.settled = head.isForgotten() ? head.settled : to;
          break;
        }
        runs.remove();
        head = runs.peek();
      }
    }
    over.forEach(outcomes::settled);
  }

  private static boolean isSettledBy(Run run, EntryId last) {
    return run.first.term() < last.term()
        || (run.first.term() == last.term() && run.first.index() <= last.index());
  }

  private static @Nullable Proposal[] assign(
      List<Run> claimed, EntryBatch committed, Outcomes outcomes) {
    @Nullable Proposal[] owners = new Proposal[committed.count()];
    for (Run run : claimed) {
      boolean wholeTermIsPast = run.first.term() < committed.last().term();
      long from = run.first.index();
      for (int i = 0; i < run.proposals.size(); i++) {
        long index = from + i;
        Proposal proposal = run.proposals.get(i);
        boolean here = index >= committed.firstIndex() && index <= committed.lastIndex();
        if (here && committed.termAt(index) == run.first.term()) {
          owners[(int) (index - committed.firstIndex())] = proposal;
        } else if (wholeTermIsPast) {
          // Also behind this batch: a later leader may have committed an older term's entries
          // there first (§5.4.2), which say nothing yet of this one.
          outcomes.refused(proposal, new Refusal.Overwritten());
        }
      }
    }
    return owners;
  }

  /** Ends what is past its deadline; the next deadline, or Long.MAX_VALUE if none is pending. */
  long expire(long nowNanos, Outcomes outcomes) {
    List<Proposal> late = new ArrayList<>();
    long next = Long.MAX_VALUE;
    synchronized (this) {
      for (Run run : runs) {
        if (run.minDeadlineNanos - nowNanos <= 0) {
          run.expire(nowNanos, late);
        }
        next = Math.min(next, run.minDeadlineNanos);
      }
    }
    for (Proposal proposal : late) {
      outcomes.unknown(proposal, "the deadline passed before it was seen committed or overwritten");
    }
    return next;
  }

  /** The node ends: nobody here will see what becomes of them. */
  void abandon(String reason, Outcomes outcomes) {
    List<Run> left;
    synchronized (this) {
      left = new ArrayList<>(runs);
      runs.clear();
    }
    for (Run run : left) {
      for (Proposal proposal : run.proposals) {
        outcomes.unknown(proposal, reason);
      }
    }
  }
}
