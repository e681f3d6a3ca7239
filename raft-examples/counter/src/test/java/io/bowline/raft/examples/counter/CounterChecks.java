package io.bowline.raft.examples.counter;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.examples.counter.Counters.Command;
import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.testkit.ClientCall;
import io.bowline.raft.testkit.ClientCall.Ending;
import io.bowline.raft.testkit.FaultSchedule.Strike;
import io.bowline.raft.testkit.NetworkFault;
import io.bowline.raft.testkit.RunEnd;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What must be true of counters when everything is over, whatever went wrong before. */
final class CounterChecks {
  private CounterChecks() {}

  /** What was acknowledged stands on every replica. */
  static void noneIsLost(RunEnd<Command, List<Count>> end) {
    Map<String, Long> acknowledged = sums(end.acknowledged());
    for (Map<String, Long> replica : replicas(end)) {
      acknowledged.forEach(
          (name, sum) ->
              assertThat(replica.getOrDefault(name, 0L))
                  .as("%s, of which %d were acknowledged", name, sum)
                  .isGreaterThanOrEqualTo(sum));
    }
  }

  /** Nothing counts more often than it was asked for, however often it was sent. */
  static void noneIsDoubled(RunEnd<Command, List<Count>> end) {
    Map<String, Long> asked = sums(end.acknowledged());
    sums(end.unknown()).forEach((name, sum) -> asked.merge(name, sum, Long::sum));
    for (Map<String, Long> replica : replicas(end)) {
      replica.forEach(
          (name, sum) ->
              assertThat(sum)
                  .as("%s, of which %d were asked for", name, asked.getOrDefault(name, 0L))
                  .isLessThanOrEqualTo(asked.getOrDefault(name, 0L)));
    }
  }

  /** What was refused never counts. */
  static void noRefusedOneCounts(RunEnd<Command, List<Count>> end) {
    for (Map<String, Long> replica : replicas(end)) {
      for (Command refused : end.refused()) {
        if (!refused.name().equals("visits")) {
          assertThat(replica).as("was refused").doesNotContainKey(refused.name());
        }
      }
    }
  }

  /** All replicas hold the same. */
  static void replicasAgree(RunEnd<Command, List<Count>> end) {
    List<Map<String, Long>> replicas = replicas(end);
    assertThat(replicas).allSatisfy(replica -> assertThat(replica).isEqualTo(replicas.get(0)));
  }

  /** Who asks behind an answer, on whichever node, sees no less than that answer. */
  static void noReadGoesBack(RunEnd<Command, List<Count>> end) {
    List<ClientCall<Command, List<Count>>> answers = visits(end);
    for (ClientCall<Command, List<Count>> read : answers) {
      long before =
          answers.stream()
              .filter(earlier -> earlier.endedNanos() < read.askedNanos())
              .mapToLong(CounterChecks::value)
              .max()
              .orElse(0);
      assertThat(value(read)).as("%s", read).isGreaterThanOrEqualTo(before);
    }
  }

  /** The answers to increments grow along the log, and no two of them are equal. */
  static void answersCountUp(RunEnd<Command, List<Count>> end) {
    List<Long> values =
        visits(end).stream()
            .filter(call -> !call.request().query())
            .sorted(Comparator.comparingLong(ClientCall::index))
            .map(CounterChecks::value)
            .toList();
    assertThat(values).isSorted().doesNotHaveDuplicates();
  }

  /** Who asks a node while it is cut off from all others gets nothing acknowledged meanwhile. */
  static void nothingIsAcknowledgedWhereItIsCutOff(RunEnd<Command, List<Count>> end) {
    for (Strike cut : cuts(end)) {
      assertThat(asked(end, cut))
          .filteredOn(call -> call.ending() == Ending.ACKNOWLEDGED)
          .as("acknowledged during %s", cut)
          .allSatisfy(call -> assertThat(call.endedNanos()).isGreaterThan(over(cut)));
    }
  }

  /** Else the check before says nothing. */
  static boolean someoneAsksWhereItIsCutOff(RunEnd<Command, List<Count>> end) {
    return cuts(end).stream().anyMatch(cut -> !asked(end, cut).isEmpty());
  }

  private static List<Strike> cuts(RunEnd<Command, List<Count>> end) {
    return end.faults().strikes().stream()
        .filter(strike -> strike.fault() instanceof NetworkFault.Isolate)
        .toList();
  }

  /** What a node that is cut off is asked meanwhile, by who runs it. */
  private static List<ClientCall<Command, List<Count>>> asked(
      RunEnd<Command, List<Count>> end, Strike cut) {
    String node = ((NetworkFault.Isolate) cut.fault()).node().value();
    int machine = Integer.parseInt(node.substring(1)) - 1;
    return end.calls().stream()
        .filter(call -> call.machine() == machine)
        .filter(call -> call.askedNanos() > cut.atNanos() && call.askedNanos() < over(cut))
        .toList();
  }

  private static long over(Strike strike) {
    return strike.atNanos() + strike.lengthNanos();
  }

  /** Behind the last fault somebody adds one and is told so. */
  static void itServesAgain(RunEnd<Command, List<Count>> end) {
    long over = end.faults().strikes().stream().mapToLong(CounterChecks::over).max().orElse(0);
    assertThat(end.calls())
        .as("acknowledged behind %.3f s", over / 1e9)
        .anyMatch(call -> call.isAcknowledgedCommand() && call.askedNanos() > over);
  }

  private static List<ClientCall<Command, List<Count>>> visits(RunEnd<Command, List<Count>> end) {
    return end.calls().stream()
        .filter(call -> call.ending() == Ending.ACKNOWLEDGED)
        .filter(call -> call.request().value().name().equals("visits"))
        .toList();
  }

  private static long value(ClientCall<Command, List<Count>> answered) {
    List<Count> reply = answered.reply();
    return reply == null ? 0 : reply.get(0).value();
  }

  private static Map<String, Long> sums(Collection<Command> commands) {
    Map<String, Long> sums = new TreeMap<>();
    commands.forEach(command -> sums.merge(command.name(), command.number(), Long::sum));
    return sums;
  }

  private static List<Map<String, Long>> replicas(RunEnd<Command, List<Count>> end) {
    return end.answers(new Command("", Long.MAX_VALUE)).stream()
        .map(CounterChecks::byName)
        .toList();
  }

  private static Map<String, Long> byName(List<Count> counts) {
    Map<String, Long> byName = new TreeMap<>();
    counts.forEach(count -> byName.put(count.name(), count.value()));
    return byName;
  }
}
