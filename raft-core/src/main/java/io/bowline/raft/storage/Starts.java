package io.bowline.raft.storage;

import io.bowline.raft.model.StartPair;
import java.util.ArrayList;
import java.util.List;

/**
 * The starts of a directory (identity 11).
 *
 * @param counter of the newest one, from 1
 * @param nonces of the last 4,096, oldest first
 */
public record Starts(long counter, List<Long> nonces) {
  /** So many starts are known by their nonce. */
  public static final int KEPT = 4096;

  /** Refuses a number of nonces that so many starts cannot have left. */
  public Starts {
    nonces = List.copyOf(nonces);
    if (!Numbers.isSane(counter) || nonces.size() != Math.min(counter, KEPT)) {
      throw new IllegalArgumentException(
          nonces.size() + " nonces do not belong to start " + counter);
    }
  }

  /** Of a directory that starts for the first time. */
  static Starts first(long nonce) {
    return new Starts(1, List.of(nonce));
  }

  /** With one start more. */
  Starts next(long nonce) {
    List<Long> kept =
        new ArrayList<>(nonces.subList(Math.max(0, nonces.size() + 1 - KEPT), nonces.size()));
    kept.add(nonce);
    return new Starts(counter + 1, kept);
  }

  /** The newest one. */
  public StartPair current() {
    return new StartPair(counter, nonces.get(nonces.size() - 1));
  }

  /** Whether this directory was started so: a copy of it that went on alone was not. */
  public boolean holds(StartPair pair) {
    long ago = counter - pair.counter();
    return ago >= 0
        && ago < nonces.size()
        && nonces.get(nonces.size() - 1 - (int) ago) == pair.nonce();
  }

  @Override
  public String toString() {
    return "start " + counter;
  }
}
