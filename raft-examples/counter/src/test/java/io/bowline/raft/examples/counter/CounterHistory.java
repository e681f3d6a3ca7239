package io.bowline.raft.examples.counter;

import io.bowline.raft.examples.counter.Counters.Count;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.testkit.linearizability.Call;
import io.bowline.raft.testkit.linearizability.HistoryRecorder;
import io.bowline.raft.testkit.linearizability.HistoryText;
import io.bowline.raft.testkit.linearizability.LinearizabilityChecker;
import io.bowline.raft.testkit.linearizability.Models;
import io.bowline.raft.testkit.linearizability.Operation;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all clients of one test asked the real cluster and were told, for the checker: it knows
 * nothing of nodes, terms and indexes. Safe from any thread.
 */
final class CounterHistory {
  private final HistoryRecorder<Call, String> recorder = new HistoryRecorder<>();
  private final AtomicInteger clients = new AtomicInteger();

  /** A number for one more client. */
  int client() {
    return clients.incrementAndGet();
  }

  /** Somebody is about to add. */
  Asked adds(int client, String name, long amount) {
    return new Asked(recorder.invoked(client, Call.on(name, "add", Long.toString(amount))));
  }

  /** Somebody is about to read. */
  Asked gets(int client, String name) {
    return new Asked(recorder.invoked(client, Call.on(name, "get")));
  }

  /** A call on its way. */
  record Asked(HistoryRecorder<Call, String>.Asked call) {
    void returned(long value) {
      call.returned(Long.toString(value));
    }

    void ended(Outcome<List<Count>> outcome) {
      if (outcome instanceof Outcome.Committed<List<Count>> done) {
        returned(done.reply().get(0).value());
      } else if (outcome instanceof Outcome.NotCommitted) {
        call.hadNoEffect();
      }
    }

    void endedBy(CompletableFuture<ClientReply> answer) {
      var unused =
          answer.thenAccept(
              reply -> {
                if (reply instanceof ClientReply.Done done) {
                  returned(DirectLine.value(done));
                } else if (reply instanceof ClientReply.Refused) {
                  call.hadNoEffect();
                }
              });
    }
  }

  /** Looks for an order that explains every answer; keeps the history where there is none. */
  void assertLinearizable(String test) {
    List<Operation<Call, String>> history = recorder.history();
    long begin = System.nanoTime();
    long steps =
        new LinearizabilityChecker<>(Models.counter())
            .require(
                history, HistoryText.ofCalls(), Path.of("target", "histories", test + ".history"));
    System.out.printf(
        "%s: history of %d operations, %d without an answer, is linearizable: %d steps, %d ms%n",
        test,
        history.size(),
        history.stream().filter(operation -> !operation.isKnown()).count(),
        steps,
        (System.nanoTime() - begin) / 1_000_000);
  }
}
