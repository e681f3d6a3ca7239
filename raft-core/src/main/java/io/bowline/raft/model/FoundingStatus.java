package io.bowline.raft.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far the founding of a group is, as one of its directories sees it.
 *
 * @param state of this directory
 * @param founding the id of its record; {@code null} while fresh
 * @param others the other initial members, by id
 * @param stopped why it does not go on until somebody acts; {@code null} if it does
 */
public record FoundingStatus(
    Founding.State state,
    @Nullable FoundingId founding,
    List<Standing> others,
    @Nullable String stopped) {
  /** What another initial member said last. */
  public enum Seen {
    /** Never heard since this process started. */
    NOT_MET,
    /** It has written no record. */
    FRESH,
    /** It has written the record that this directory has. */
    WRITTEN,
    /** It has written another record than this directory. */
    WRITTEN_ANOTHER,
    /** It is complete. */
    COMPLETE,
    /** It was given another list, or other settings. */
    OTHER_LIST,
    /** Two directories of its id are connected. */
    TWINS
  }

  /**
   * One other initial member.
   *
   * @param addresses where it says that it listens and where it is connected from; of twins both
   */
  public record Standing(NodeId id, Seen seen, boolean connected, List<String> addresses) {
    /** Copies the addresses. */
    public Standing {
      addresses = List.copyOf(addresses);
    }

    @Override
    public String toString() {
      String text = id + " (" + seen.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      if (seen == Seen.TWINS) {
        text += ": " + String.join(" and ", addresses);
      } else if (seen != Seen.NOT_MET && !connected) {
        text += ", not connected";
      }
      return text + ")";
    }
  }

  /** Copies the list. */
  public FoundingStatus {
    others = List.copyOf(others);
  }

  /** For whom it waits: {@code founding waits for n2 (fresh), n3 (not met)}. */
  public String text() {
    if (state == Founding.State.COMPLETE) {
      return "founding complete, id " + founding;
    }
    if (stopped != null) {
      return "founding not complete: " + stopped;
    }
    List<String> missing = new ArrayList<>();
    for (Standing other : others) {
      boolean done = other.seen() == Seen.WRITTEN || other.seen() == Seen.COMPLETE;
      if (!done || !other.connected()) {
        missing.add(other.toString());
      }
    }
    return "founding not complete: waits for "
        + (missing.isEmpty() ? "answers" : String.join(", ", missing));
  }
}
