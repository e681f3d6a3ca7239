package io.bowline.raft.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which addresses there are, which of them is believed to lead, and which are not to be asked. */
final class LeaderCache {
  /** Learned from hints, beside the addresses given. */
  private static final int MOST_LEARNED = 16;

  private final List<String> addresses;
  private final int given;
  private final Map<String, Long> suspectUntil = new LinkedHashMap<>();
  private String target;
  private boolean hinted;

  LeaderCache(List<String> given, int first) {
    this.addresses = new ArrayList<>(given);
    this.given = given.size();
    this.target = given.get(first);
  }

  /** Whom to ask. */
  String target() {
    return target;
  }

  /** Given or learned. */
  List<String> addresses() {
    return addresses;
  }

  /** Whether a node named the target as the leader; otherwise it is a guess. */
  boolean isHinted() {
    return hinted;
  }

  /** Believes a hint, unless it names a node that was lately silent or gone. */
  boolean follow(@Nullable String hint, long nowNanos) {
    if (hint == null || isSuspect(hint, nowNanos)) {
      return false;
    }
    if (!addresses.contains(hint)) {
      if (addresses.size() == given + MOST_LEARNED) {
        addresses.remove(given);
      }
      addresses.add(hint);
    }
    target = hint;
    hinted = true;
    return true;
  }

  /** Turns to the next address; to one that is no suspect, if there is one. */
  void rotate(long nowNanos) {
    int at = addresses.indexOf(target);
    String next = addresses.get((at + 1) % addresses.size());
    for (int step = 1; step <= addresses.size(); step++) {
      String candidate = addresses.get((at + step) % addresses.size());
      if (!isSuspect(candidate, nowNanos)) {
        next = candidate;
        break;
      }
    }
    target = next;
    hinted = false;
  }

  /** For so long, hints to this address are not believed: who gives them has not noticed yet. */
  void suspect(String address, long untilNanos) {
    suspectUntil.put(address, untilNanos);
  }

  /** It answers as a leader does. */
  void confirmed(String address) {
    if (!suspectUntil.isEmpty()) {
      suspectUntil.remove(address);
    }
  }

  private boolean isSuspect(String address, long nowNanos) {
    Long until = suspectUntil.get(address);
    if (until == null) {
      return false;
    }
    if (until - nowNanos <= 0) {
      suspectUntil.remove(address);
      return false;
    }
    return true;
  }
}
