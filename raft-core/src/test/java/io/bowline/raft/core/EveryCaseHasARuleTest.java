package io.bowline.raft.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.bowline.raft.model.Message;
import io.bowline.raft.model.RecordText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Java 17 does not check an instanceof chain for gaps; this does. */
class EveryCaseHasARuleTest {
  private static final List<String> BEGINNINGS =
      List.of(
          "n1 follower of n1 n2 n3, term 2, leader n2",
          "n1 pre-candidate of n1 n2 n3, term 2",
          "n1 candidate of n1 n2 n3, term 2",
          "n1 leader of n1 n2 n3, term 2, log 1@2");

  /** What a record cannot do without. */
  private static final Map<String, String> MUST =
      Map.of("Sent", " to=n2#2 session=9", "SendFailed", " to=n2#2", "Connected", " peer=n2#2");

  @Test
  void everyRoleAcceptsEveryMessage() {
    for (String name : RecordText.namesOf(Message.class).keySet()) {
      for (long term = 1; term <= 3; term++) {
        String line = name + " from=n3 term=" + term;
        boolean ofALeader = name.equals("AppendEntries") || name.equals("Heartbeat");
        for (String beginning : BEGINNINGS) {
          boolean isSecondLeader = ofALeader && term == 2 && !beginning.contains("candidate");
          if (!isSecondLeader) { // which is an invariant's, see its scenarios
            ScenarioWorld world = ScenarioSetup.world(beginning);
            assertThatCode(() -> world.step(world.input(line)))
                .as(line + " at " + beginning)
                .doesNotThrowAnyException();
          }
        }
      }
    }
  }

  @Test
  void everyRoleAcceptsEveryInput() {
    for (String name : RecordText.namesOf(Input.class).keySet()) {
      for (String beginning : BEGINNINGS) {
        if (!name.equals("Receive")) {
          ScenarioWorld world = ScenarioSetup.world(beginning);
          Input input = RecordText.read(name + MUST.getOrDefault(name, ""), Input.class);
          assertThatCode(() -> world.step(input))
              .as(name + " at " + beginning)
              .doesNotThrowAnyException();
        }
      }
    }
  }

  @Test
  void everyMessageInputAndEffectOccursInAScenario() throws IOException {
    Set<String> seen = new TreeSet<>();
    for (Path file : ScenarioTest.files()) {
      Scenario scenario = new Scenario(Files.readAllLines(file));
      scenario.run();
      scenario.inputs().forEach(input -> seen.add(input.getClass().getSimpleName()));
      for (Effect effect : scenario.outputs()) {
        seen.add(effect.getClass().getSimpleName());
        if (effect instanceof Effect.Send send) {
          seen.add("sent " + send.message().getClass().getSimpleName());
        }
      }
    }

    List<String> all = new ArrayList<>(RecordText.namesOf(Effect.class).keySet());
    all.addAll(RecordText.namesOf(Input.class).keySet());
    all.remove("Receive"); // which its messages stand for
    for (String message : RecordText.namesOf(Message.class).keySet()) {
      all.add(message);
      all.add("sent " + message);
    }
    assertThat(seen).containsAll(all);
  }
}
