package io.bowline.raft.examples.bench.core;

import io.bowline.raft.core.CoreConfig;
import io.bowline.raft.core.Effect;
import io.bowline.raft.core.Input;
import io.bowline.raft.core.RaftCore;
import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What the protocol itself costs, on one thread: a leader of three takes a batch of entries of 32
 * bytes, sends it to both peers, hears that its own disk and both peers have it, and commits.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CoreBenchmark {
  private static final int PAYLOAD_BYTES = 32;
  private static final int FRAME_BYTES = 72;
  private static final NodeId SELF = NodeId.of("n1");
  private static final List<NodeId> PEERS = List.of(NodeId.of("n2"), NodeId.of("n3"));

  /** Entries in a batch. */
  @Param({"1", "64", "1024"})
  public int entries;

  private RaftCore core;
  private final List<Effect> effects = new ArrayList<>();
  private long now;
  private long last;
  private long write;
  private long committed;

  /** JMH makes it. */
  public CoreBenchmark() {
    core = newCore();
  }

  private static RaftCore newCore() {
    Membership members =
        Membership.of(
            Member.voter(SELF, "").named(incarnation(SELF)),
            Member.voter(PEERS.get(0), "").named(incarnation(PEERS.get(0))),
            Member.voter(PEERS.get(1), "").named(incarnation(PEERS.get(1))));
    CoreConfig config =
        new CoreConfig(
            SELF,
            incarnation(SELF),
            100_000_000,
            1_000_000_000,
            16 << 20,
            64,
            1 << 20,
            64 << 20,
            10_000,
            true,
            true);
    return new RaftCore(config, Ballot.NONE, LogShape.EMPTY, members, () -> 0);
  }

  private static Incarnation incarnation(NodeId id) {
    return new Incarnation(1, id.hashCode());
  }

  /** A leader whose no-op is committed. */
  @Setup
  public void elect() {
    core = newCore();
    now = 0;
    last = 0;
    step(new Input.Wake());
    now = 1_000_000_000;
    step(new Input.Wake());
    receive(new Message.PreVoteReply(PEERS.get(0), 1, true));
    step(new Input.Durable(write));
    receive(new Message.VoteReply(PEERS.get(0), 1, true));
    settle(1);
  }

  /** One batch, from its proposal to its commit. */
  @Benchmark
  public long proposeReplicateCommit() {
    now += 1_000;
    step(new Input.Propose(last, entries, (long) entries * PAYLOAD_BYTES));
    settle(entries);
    if (committed != last) {
      throw new IllegalStateException(committed + " of " + last + " are committed");
    }
    return committed;
  }

  /** The runtime cuts and writes, the peers answer. */
  private void settle(int count) {
    last += count;
    for (NodeId peer : PEERS) {
      step(new Input.Sent(new Peer(peer, incarnations(peer)), 1, last, (long) count * FRAME_BYTES));
    }
    receive(new Message.AppendReply(PEERS.get(0), 1, 1, true, last, last, List.of()));
    step(new Input.Durable(write));
    receive(new Message.AppendReply(PEERS.get(1), 1, 1, true, last, last, List.of()));
  }

  private void receive(Message message) {
    step(new Input.Receive(message, incarnations(message.from()), 0));
  }

  private static final Incarnation SECOND = incarnation(PEERS.get(0));
  private static final Incarnation THIRD = incarnation(PEERS.get(1));

  private static Incarnation incarnations(NodeId peer) {
    return peer.equals(PEERS.get(0)) ? SECOND : THIRD;
  }

  private void step(Input input) {
    effects.clear();
    core.step(input, now, effects);
    for (int i = 0; i < effects.size(); i++) {
      Effect effect = effects.get(i);
      if (effect instanceof Effect.Append append) {
        write = append.write();
      } else if (effect instanceof Effect.AppendOwn append) {
        write = append.write();
      } else if (effect instanceof Effect.SaveBallot ballot) {
        write = ballot.write();
      } else if (effect instanceof Effect.Commit commit) {
        committed = commit.index();
      }
    }
  }

  /** Runs it with the gc profiler and prints entries a second and bytes allocated per entry. */
  public static void main(String[] args) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(CoreBenchmark.class.getName())
                    .addProfiler(GCProfiler.class)
                    .build())
            .run();
    System.out.printf(
        Locale.ROOT, "%n%10s %16s %12s %12s%n", "batch", "entries/s", "+-", "B/entry");
    for (RunResult result : results) {
      int batch = Integer.parseInt(result.getParams().getParam("entries"));
      Result<?> score = result.getPrimaryResult();
      Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
      System.out.printf(
          Locale.ROOT,
          "%10d %,16.0f %,12.0f %12.1f%n",
          batch,
          score.getScore() * batch,
          score.getScoreError() * batch,
          bytes == null ? Double.NaN : bytes.getScore() / batch);
    }
  }
}
