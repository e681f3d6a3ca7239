package io.bowline.raft.testkit;

import io.bowline.raft.testkit.linearizability.HistoryText;
import io.bowline.raft.testkit.linearizability.LinearizabilityChecker;
import io.bowline.raft.testkit.linearizability.Model;
import io.bowline.raft.testkit.linearizability.Operation;
import io.bowline.raft.testkit.linearizability.TextForm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of a run saw, as a history for the black-box check: a fault in what nodes say of
 * their indexes is invisible to a check that goes by index.
 */
final class ClientHistory {
  private ClientHistory() {}

  /** Fails the run if no order explains it, and keeps the history then. */
  static <S, C, R> void check(Service<C, R> service, Model<S, Request<C>, R> model) {
    Simulation simulation = service.simulation();
    String name = String.format(Locale.ROOT, "%X.history", simulation.seed());
    Path file = Path.of(System.getProperty("bowline.histories", "target/sim"), name);
    HistoryText<Request<C>, R> text =
        new HistoryText<>(TextForm.forReaders(), TextForm.forReaders());
    try {
      long unused = new LinearizabilityChecker<>(model).require(operations(service), text, file);
    } catch (AssertionError bad) {
      throw simulation.failure("HISTORY_LINEARIZABLE", String.valueOf(bad.getMessage()));
    }
  }

  /** Refusals had no effect, so they are left out; whoever got no answer may have had one. */
  static <C, R> List<Operation<Request<C>, R>> operations(Service<C, R> service) {
    List<Operation<Request<C>, R>> operations = new ArrayList<>();
    for (History.Call<C> call : service.history().calls()) {
      if (call.state() != History.State.REFUSED) {
        operations.add(operation(service, call));
      }
    }
    return operations;
  }

  @SuppressWarnings("unchecked") // only replies of this service are kept
  private static <C, R> Operation<Request<C>, R> operation(
      Service<C, R> service, History.Call<C> call) {
    @Nullable R reply = (R) call.reply();
    long returned = reply == null ? Operation.NEVER : call.answered();
    long hint = call.isQuery() ? 2 * call.index() + 1 : 2 * service.ghost().indexOf(call.serial());
    return new Operation<>(
        call.slot(), call.request(), reply, call.asked(), returned, Math.max(0, hint));
  }
}
