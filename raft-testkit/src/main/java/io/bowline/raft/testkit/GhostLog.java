package io.bowline.raft.testkit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What was committed, as first reported by anybody, kept outside all nodes. Each later report of
 * the same index, by any node in any life, must be equal: state machine safety (§5.4.3) and
 * equality.
 */
final class GhostLog<C, R> {
  /**
   * A command that a node has applied.
   *
   * @param index of its entry
   * @param timeNanos the replicated time
   * @param serial of the request
   * @param checksum of the command's bytes
   * @param state a hash of the node's whole state afterwards
   */
  record Applied(long index, long timeNanos, long serial, long checksum, long state) {
    long entry() {
      return Prng.mix(Prng.mix(serial * 31 + checksum) + timeNanos) | 1;
    }
  }

  private final Simulation simulation;
  private final Application<C, R> application;
  private final @Nullable Oracle<?, C, R> oracle;
  private long[] entries = new long[1024];
  private long[] states = new long[1024];
  private long[] replies = new long[1024];
  private long[] indexBySerial = new long[1024];
  private long[] refused = new long[1024];
  private long lastIndex;
  private long lastTime;
  private long effective;

  GhostLog(Simulation simulation, Application<C, R> application) {
    this.simulation = simulation;
    this.application = application;
    this.oracle = Oracle.of(application.model());
  }

  /** The highest index that anybody has applied. */
  long lastIndex() {
    return lastIndex;
  }

  /** How many commands took effect. */
  long effective() {
    return effective;
  }

  /** A node applied a command and replied so. */
  void applied(int slot, Applied applied, C command, R reply) {
    long index = applied.index();
    entries = grown(entries, index);
    states = grown(states, index);
    replies = grown(replies, index);
    int at = (int) index;
    long checksum = checksum(reply);
    if (entries[at] == 0) {
      first(applied, command, reply);
      entries[at] = applied.entry();
      states[at] = applied.state();
      replies[at] = checksum;
      return;
    }
    if (entries[at] != applied.entry()) {
      throw simulation.failure(
          "STATE_MACHINE_SAFETY",
          name(slot) + " applied another command at " + index + told(command));
    }
    if (states[at] != applied.state()) {
      throw simulation.failure(
          "STATE_MACHINE_EQUALITY",
          name(slot) + " has another state after " + index + told(command));
    }
    if (replies[at] != checksum) {
      throw simulation.failure(
          "STATE_MACHINE_EQUALITY",
          name(slot) + " replied " + reply + " at " + index + told(command));
    }
  }

  private static String name(int slot) {
    return "n" + (slot + 1);
  }

  private static String told(Object command) {
    return ": " + command;
  }

  private long checksum(R reply) {
    return simulation.checksum(application.replies().encode(reply));
  }

  private void first(Applied applied, C command, R reply) {
    long index = applied.index();
    indexBySerial = grown(indexBySerial, applied.serial());
    int serial = (int) applied.serial();
    if (indexBySerial[serial] != 0) {
      throw simulation.failure(
          "EXACTLY_ONCE",
          command + " took effect at " + indexBySerial[serial] + " and again at " + index);
    }
    requireNotRefused(serial, index);
    if (applied.timeNanos() < lastTime) {
      throw simulation.failure(
          "REPLICATED_TIME", "it falls at " + index + ", from " + lastTime + told(command));
    }
    lastTime = applied.timeNanos();
    indexBySerial[serial] = index;
    if (oracle != null && !oracle.applied(index, new Request<>(command, false), reply)) {
      throw simulation.failure("MODEL", command + " at " + index + " was answered " + reply);
    }
    lastIndex = Math.max(lastIndex, index);
    effective++;
  }

  private void requireNotRefused(long serial, long index) {
    if (serial < refused.length && refused[(int) serial] != 0 && index != 0) {
      throw simulation.failure(
          "DEFINITE_REFUSAL", "serial " + serial + " was refused and took effect at " + index);
    }
  }

  /** A client was told that its command took effect there, with that reply. */
  void acknowledged(long serial, long index, C command, R reply) {
    long known = indexOf(serial);
    if (known != index) {
      throw simulation.failure(
          "ACKNOWLEDGED_IS_COMMITTED",
          command + " was acknowledged at " + index + " and took effect at " + known);
    }
    if (replies[(int) index] != checksum(reply)) {
      throw simulation.failure(
          "ACKNOWLEDGED_IS_COMMITTED",
          command + " at " + index + " was answered " + reply + ", which is not what was applied");
    }
  }

  /** Where it took effect; 0 if it did not. */
  long indexOf(long serial) {
    return serial < indexBySerial.length ? indexBySerial[(int) serial] : 0;
  }

  /** A client was told that its command never took effect and never will. */
  void refused(long serial) {
    refused = grown(refused, serial);
    refused[(int) serial] = 1;
    requireNotRefused(serial, indexOf(serial));
  }

  /** Whether a query may be answered so, as of that index. */
  boolean mayAnswer(long index, C query, R reply) {
    return oracle == null || oracle.mayAnswer(index, new Request<>(query, true), reply);
  }

  private static long[] grown(long[] array, long index) {
    return index < array.length
        ? array
        : Arrays.copyOf(array, (int) Math.max(array.length * 2L, index + 1));
  }
}
