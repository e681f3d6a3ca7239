package io.bowline.raft.model;

/**
 * An entry's place in the log; printed {@code index@term}. Index 0 is "before the first" (§5.3).
 */
public record EntryId(long index, long term) {
  /** The place before the first entry. */
  public static final EntryId ZERO = new EntryId(0, 0);

  /** Whether a log that ends here is at least as up-to-date as one that ends there (§5.4.1). */
  public boolean atLeastAsUpToDateAs(EntryId other) {
    return term > other.term || (term == other.term && index >= other.index);
  }

  @Override
  public String toString() {
    return index + "@" + term;
  }
}
