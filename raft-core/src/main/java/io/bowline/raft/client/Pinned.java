package io.bowline.raft.client;

import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.Refusal;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which founding of its group a client talks to: that of the first node that answered, for good
 * (identity 20). And which nodes have turned it away since a leader answered it.
 */
final class Pinned {
  private final Set<String> turnedAwayBy = new HashSet<>();
  private @Nullable FoundingId founding;
  private @Nullable Refusal refusal;

  @Nullable FoundingId founding() {
    return founding;
  }

  /** Takes the first founding it is told; says whether this is that one. */
  @Nullable Refusal meet(FoundingId here) {
    FoundingId asked = founding;
    if (asked == null) {
      founding = here;
      return null;
    }
    return asked.equals(here) ? null : new Refusal.OtherFounding(asked, here);
  }

  void turnedAway(String address, Refusal because) {
    turnedAwayBy.add(address);
    refusal = because;
  }

  void welcomed(String address) {
    turnedAwayBy.remove(address);
  }

  /** A leader answered, or whoever waited has been told. */
  void forgive() {
    refusal = null;
    turnedAwayBy.clear();
  }

  /** The last refusal; {@code null} if none came since a leader answered. */
  @Nullable Refusal refusal() {
    return refusal;
  }

  boolean isTurnedAwayBy(Collection<String> all) {
    return refusal != null && turnedAwayBy.containsAll(all);
  }
}
