package io.bowline.raft.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A client against a group that loses, delays, doubles, moves and forgets. */
class RaftClientProperties {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void everyOutcomeIsTrueOfWhatTheGroupApplied(
      @ForAll long seed, @ForAll @IntRange(max = 40) int faultPercent) {
    Run run = new Run(seed, faultPercent);

    run.submitAll();
    run.time.advance(TIMEOUT);
    run.group.heal();
    run.time.advance(Duration.ofSeconds(30)); // also for what a log still applies late

    CompletableFuture<Outcome<String>> last = run.client.submit("last");
    run.time.advance(TIMEOUT);

    assertThat(last.join()).as("the client goes on").isInstanceOf(Outcome.Committed.class);
    for (Map.Entry<String, CompletableFuture<Outcome<String>>> call : run.commands.entrySet()) {
      int applied = Collections.frequency(run.group.history, call.getKey());
      assertThat(call.getValue()).as(call.getKey()).isDone();
      Outcome<String> outcome = call.getValue().join();
      if (outcome instanceof Outcome.Committed<String> done) {
        assertThat(applied).as("%s %s", call.getKey(), done).isEqualTo(1);
        assertThat(done.reply()).isEqualTo("reply to " + call.getKey());
      } else if (outcome instanceof Outcome.NotCommitted<String>) {
        assertThat(applied).as("%s %s", call.getKey(), outcome).isZero();
      } else {
        assertThat(applied).as("%s %s", call.getKey(), outcome).isLessThanOrEqualTo(1);
      }
    }
    assertThat(run.queries)
        .allSatisfy(query -> assertThat(query.join()).isNotInstanceOf(Outcome.Unknown.class));
    assertThat(run.client.stats().inFlight()).isZero();
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void groupThatIsHealthyCommitsEverything(@ForAll long seed) {
    Run run = new Run(seed, 0);

    run.submitAll();
    run.time.advance(TIMEOUT);

    assertThat(run.group.history).hasSize(run.commands.size());
    assertThat(run.client.stats().retries()).isLessThanOrEqualTo(run.commands.size());
  }

  @Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
  void sameSeedGivesTheSameRun(@ForAll long seed) {
    Run one = new Run(seed, 20);
    Run two = new Run(seed, 20);

    one.submitAll();
    two.submitAll();
    one.time.advance(TIMEOUT);
    two.time.advance(TIMEOUT);

    assertThat(one.group.history).isEqualTo(two.group.history);
    assertThat(one.client.stats()).isEqualTo(two.client.stats());
  }

  /** One client and the calls it was given. */
  private static final class Run {
    final VirtualTime time;
    final FaultyGroup group;
    final RaftClient<String, String> client;
    final Map<String, CompletableFuture<Outcome<String>>> commands = new LinkedHashMap<>();
    final List<CompletableFuture<Outcome<String>>> queries = new ArrayList<>();
    private final Random random;
    private final boolean faulty;

    Run(long seed, int faultPercent) {
      time = new VirtualTime(seed);
      faulty = faultPercent > 0;
      random = new Random(seed + 1);
      group = new FaultyGroup(time, seed + 2, faultPercent);
      client =
          RaftClient.builder()
              .commands(Codec.utf8())
              .replies(Codec.utf8())
              .group(GroupId.of("g"))
              .addresses(List.of("a", "b", "c"))
              .transport(group)
              .environment(time)
              .timeout(TIMEOUT)
              .attemptTimeout(Duration.ofMillis(300))
              .maxInFlight(32)
              .open();
    }

    void submitAll() {
      for (int i = 0; i < 60; i++) {
        String text = "c" + i;
        commands.put(text, client.submit(text));
        if (random.nextInt(5) == 0) {
          queries.add(client.query("q" + i));
        }
        if (random.nextInt(3) > 0) {
          group.disturb();
          time.advance(Duration.ofMillis(random.nextInt(200)));
        }
      }
      if (faulty && random.nextBoolean()) { // the last calls see nothing but refusals to the end
        for (int i = 60; i < 80; i++) {
          String text = "c" + i;
          commands.put(text, client.submit(text));
        }
        time.advance(Duration.ofMillis(random.nextInt(20)));
        group.loseLeader();
      }
    }
  }
}
