package io.bowline.raft.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What was committed, as first reported by anybody, kept outside all nodes. Each later report of
 * the same index, by any node in any life, must be equal: state machine safety (§5.4.3) and
 * equality.
 */
final class GhostLog {
  /** The state of one account after some entry. */
  private record Version(long index, LedgerAnswer answer) {}

  private final Simulation simulation;
  private final List<List<Version>> accounts = new ArrayList<>();
  private long[] entries = new long[1024];
  private long[] states = new long[1024];
  private long[] indexBySerial = new long[1024];
  private long[] refused = new long[1024];
  private long lastIndex;
  private long effective;

  GhostLog(Simulation simulation, int accountCount) {
    this.simulation = simulation;
    for (int i = 0; i < accountCount; i++) {
      accounts.add(new ArrayList<>());
    }
  }

  /** The highest index that anybody has applied. */
  long lastIndex() {
    return lastIndex;
  }

  /** How many commands took effect. */
  long effective() {
    return effective;
  }

  /**
   * A node applied a command.
   *
   * @param state a hash of its whole state afterwards
   */
  void applied(int slot, long index, long timeNanos, LedgerOp op, long state) {
    long entry = Prng.mix(op.fingerprint() + timeNanos) | 1;
    entries = grown(entries, index);
    states = grown(states, index);
    int at = (int) index;
    if (entries[at] == 0) {
      first(index, op);
      entries[at] = entry;
      states[at] = state;
      return;
    }
    if (entries[at] != entry) {
      throw simulation.failure(
          "STATE_MACHINE_SAFETY",
          "n" + (slot + 1) + " applied another command at " + index + ": " + op);
    }
    if (states[at] != state) {
      throw simulation.failure(
          "STATE_MACHINE_EQUALITY",
          "n" + (slot + 1) + " has another state after " + index + ": " + op);
    }
  }

  private void first(long index, LedgerOp op) {
    indexBySerial = grown(indexBySerial, op.serial());
    int serial = (int) op.serial();
    if (indexBySerial[serial] != 0) {
      throw simulation.failure(
          "EXACTLY_ONCE",
          op + " took effect at " + indexBySerial[serial] + " and again at " + index);
    }
    requireNotRefused(op.serial(), index);
    indexBySerial[serial] = index;
    List<Version> versions = accounts.get(op.account());
    versions.add(new Version(index, latest(versions).after(op)));
    lastIndex = Math.max(lastIndex, index);
    effective++;
  }

  private static LedgerAnswer latest(List<Version> versions) {
    return versions.isEmpty() ? LedgerAnswer.EMPTY : versions.get(versions.size() - 1).answer();
  }

  private void requireNotRefused(long serial, long index) {
    if (serial < refused.length && refused[(int) serial] != 0 && index != 0) {
      throw simulation.failure(
          "DEFINITE_REFUSAL", "serial " + serial + " was refused and took effect at " + index);
    }
  }

  /** A client was told that its command took effect there, with that answer. */
  void acknowledged(long serial, long index, LedgerOp op, LedgerAnswer answer) {
    long known = serial < indexBySerial.length ? indexBySerial[(int) serial] : 0;
    if (known != index) {
      throw simulation.failure(
          "ACKNOWLEDGED_IS_COMMITTED",
          op + " was acknowledged at " + index + " and took effect at " + known);
    }
    LedgerAnswer expected = valueAt(op.account(), index);
    if (!expected.equals(answer)) {
      throw simulation.failure(
          "ACKNOWLEDGED_IS_COMMITTED",
          op + " at " + index + " was answered " + answer + " and not " + expected);
    }
  }

  /** A client was told that its command never took effect and never will. */
  void refused(long serial) {
    refused = grown(refused, serial);
    refused[(int) serial] = 1;
    requireNotRefused(serial, serial < indexBySerial.length ? indexBySerial[(int) serial] : 0);
  }

  /** The account after all entries up to that index. */
  LedgerAnswer valueAt(int account, long index) {
    List<Version> versions = accounts.get(account);
    int low = 0;
    int high = versions.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (versions.get(middle).index() <= index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? LedgerAnswer.EMPTY : versions.get(low - 1).answer();
  }

  /** The account after everything that was ever applied. */
  LedgerAnswer latest(int account) {
    return latest(accounts.get(account));
  }

  private static long[] grown(long[] array, long index) {
    return index < array.length
        ? array
        : Arrays.copyOf(array, (int) Math.max(array.length * 2L, index + 1));
  }
}
