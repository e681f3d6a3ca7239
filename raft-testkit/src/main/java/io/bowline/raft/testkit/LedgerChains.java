package io.bowline.raft.testkit;

import io.bowline.raft.testkit.linearizability.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which list of serials each chain of one account stands for, read out of the answers: the answer
 * to a command names the chain before it, and commands of unknown outcome fill what is left open. A
 * tree, for answers that contradict each other name two commands behind the same chain.
 */
final class LedgerChains {
  private static final int MOST_TRIES = 200_000;

  /** What was in the list before the last command, and how long it is with that. */
  private record Link(long before, int length) {}

  private final Map<Long, Link> links = new LinkedHashMap<>();
  private final Map<Long, List<Long>> answered = new LinkedHashMap<>();
  private final Set<Long> wanted = new LinkedHashSet<>();
  private final long[] candidates; // of unknown outcome
  private final boolean[] taken;
  private final long[] path;
  private final Set<Long> serials = new LinkedHashSet<>();
  private int tries;

  LedgerChains(List<Operation<Request<LedgerOp>, LedgerAnswer>> history) {
    Set<Long> open = new LinkedHashSet<>();
    for (Operation<Request<LedgerOp>, LedgerAnswer> operation : history) {
      LedgerAnswer output = operation.output();
      long serial = operation.input().value().serial();
      if (output != null) {
        wanted.add(output.chain());
      }
      if (!operation.input().query()) {
        serials.add(serial);
        if (output == null) {
          open.add(serial);
        } else {
          long before = LedgerAnswer.chainBefore(output.chain(), serial);
          wanted.add(before);
          answered.computeIfAbsent(before, chain -> new ArrayList<>()).add(output.chain());
        }
      }
    }
    this.candidates = open.stream().mapToLong(Long::longValue).toArray();
    this.taken = new boolean[candidates.length];
    this.path = new long[candidates.length];
    links.put(LedgerAnswer.EMPTY.chain(), new Link(0, 0));
    grow(List.of(LedgerAnswer.EMPTY.chain()));
    fill();
  }

  /** Follows the answers from chains that are known. */
  private void grow(List<Long> from) {
    Deque<Long> ends = new ArrayDeque<>(from);
    while (!ends.isEmpty()) {
      long end = ends.remove();
      for (long next : answered.getOrDefault(end, List.of())) {
        if (link(end, next)) {
          ends.add(next);
        }
      }
    }
  }

  private boolean link(long before, long chain) {
    Link known = links.get(before);
    return known != null && links.putIfAbsent(chain, new Link(before, known.length() + 1)) == null;
  }

  /** Fills gaps: one command whatever it was answered, or a few of unknown outcome. */
  private void fill() {
    List<Long> ends = new ArrayList<>(links.keySet());
    for (int i = 0; i < ends.size() && !isComplete(); i++) {
      int before = links.size();
      for (long serial : serials) {
        reach(ends.get(i), LedgerAnswer.chainAfter(ends.get(i), serial));
      }
      fill(ends.get(i), ends.get(i), 0);
      if (links.size() > before) {
        List<Long> all = new ArrayList<>(links.keySet());
        ends.addAll(all.subList(before, all.size()));
      }
    }
  }

  private boolean isComplete() {
    return links.keySet().containsAll(wanted);
  }

  private boolean reach(long end, long chain) {
    tries++;
    if (wanted.contains(chain) && link(end, chain)) {
      grow(List.of(chain));
      return true;
    }
    return false;
  }

  /** All ways of open commands from that chain on, the one behind the {@code depth} taken. */
  private void fill(long end, long chain, int depth) {
    for (int i = 0; i < candidates.length; i++) {
      if (tries > MOST_TRIES) {
        return;
      }
      if (taken[i]) {
        continue;
      }
      long next = LedgerAnswer.chainAfter(chain, candidates[i]);
      tries++;
      taken[i] = true;
      path[depth] = candidates[i];
      if (wanted.contains(next) && !links.containsKey(next)) {
        linkAll(end, depth + 1);
      } else {
        fill(end, next, depth + 1);
      }
      taken[i] = false;
    }
  }

  private void linkAll(long end, int length) {
    long chain = end;
    for (int i = 0; i < length; i++) {
      long next = LedgerAnswer.chainAfter(chain, path[i]);
      link(chain, next);
      chain = next;
    }
    grow(List.of(chain));
  }

  /**
   * The one list that has all these chains on its way, as the chains from the empty one to the last
   * of them.
   *
   * @return {@code null} if there is none
   */
  @Nullable List<Long> through(Set<Long> chains) {
    long longest = 0;
    for (long chain : chains) {
      if (length(chain) > length(longest)) {
        longest = chain;
      }
    }
    List<Long> way = new ArrayList<>(List.of(longest));
    Link link = links.get(longest);
    while (link != null && link.length() > 0) {
      way.add(link.before());
      link = links.get(link.before());
    }
    Collections.reverse(way);
    Set<Long> onTheWay = new LinkedHashSet<>(way);
    for (long chain : chains) {
      boolean unknown = !links.containsKey(chain) && tries > MOST_TRIES;
      if (!unknown && !onTheWay.contains(chain)) {
        return null;
      }
    }
    return way;
  }

  private int length(long chain) {
    Link link = links.get(chain);
    return link == null ? -1 : link.length();
  }
}
