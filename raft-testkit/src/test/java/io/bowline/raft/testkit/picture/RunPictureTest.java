package io.bowline.raft.testkit.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.testkit.RunObserver;
import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.RunReport;
import io.bowline.raft.testkit.SimulatedRun;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RunPictureTest {
  private static final RunPlan PLAN = RunPlan.of(0x71).withNodes(3).withMaxOperations(20);

  @Test
  void whoDrawsARunChangesNothingOfIt() {
    RunReport unseen = new SimulatedRun(PLAN, RunObserver.NONE).run();

    RunReport seen = new SimulatedRun(PLAN, new RunPicture(3, unseen.clients())).run();

    assertThat(seen.hash()).isEqualTo(unseen.hash());
  }

  @Test
  void oneFileNeedsNothingElse() {
    RunPicture picture = new RunPicture(3, 4);
    RunReport report = new SimulatedRun(PLAN, picture).run();

    String html = picture.html("seed <71>");

    assertThat(report.nodes()).isEqualTo(3);
    assertThat(html)
        .startsWith("<!doctype html>")
        .contains("<title>seed &lt;71></title>", "AppendEntries", "Heartbeat")
        .doesNotContain("{{", "http:", "https:", "src=", "<link", "@import");
  }

  @Test
  void whatWasSeenStandsInTheData() {
    RunPicture picture = new RunPicture(2, 1);
    picture.life(0, 0, "started");
    picture.role(1_000, 0, "LEADER", 4);
    picture.log(2_000, 0, 7, 4, 6);
    picture.commit(3_000, 0, 6);
    picture.applied(3_500, 0, 6);
    picture.forced(4_000, 5_500, 1, true);
    picture.message(1, 6_000, 0, 1, "AppendEntries", "7@4 \"</script>\"");
    picture.message(2, 6_500, 1, 0, "AppendReply", "late");
    picture.delivered(1, 9_000);
    picture.lost(2, 9_500, "partition");
    picture.fault(7_000, 8_000, "Crash node=n1");
    picture.call(1_000, 9_000, 2, "add 3", "Committed");

    String data = data(picture);

    assertThat(data)
        .contains("\"roles\":[[[1,\"LEADER\",4]],[]]")
        .contains("\"logs\":[[[2,7,4,6]],[]]")
        .contains("\"commits\":[[[3,6]],[]]")
        .contains("\"applied\":[[[3.5,6]],[]]")
        .contains("\"forces\":[[],[[4,5.5,true]]]")
        .contains("\"lives\":[[[0,\"started\"]],[]]")
        .contains("[6,0,1,0,9,0,\"7@4 \\\"\\u003c/script>\\\"\"]")
        .contains("[6.5,1,0,1,9.5,\"partition\",\"late\"]")
        .contains("\"faults\":[[7,8,\"Crash node=n1\"]]")
        .contains("\"calls\":[[1,9,2,\"add 3\",\"Committed\"]]");
  }

  @Test
  void aMessageThatIsUnderWayAtTheEndIsNotLost() {
    RunPicture picture = new RunPicture(2, 0);
    picture.message(1, 6_000, 0, 1, "Heartbeat", "");

    assertThat(data(picture)).contains("\"messages\":[[6,0,1,0,null,0,\"\"]]");
  }

  @Test
  void ofALongRunTheNewestMessagesAreKeptAndTheRestIsCounted() {
    RunPicture picture = new RunPicture(2, 0, 10);
    for (int i = 1; i <= 25; i++) {
      picture.message(i, i * 1_000L, 0, 1, "Heartbeat", "");
      picture.delivered(i, i * 1_000L + 500);
    }

    assertThat(data(picture)).contains("\"dropped\":15", "\"begin\":15", "[[16,0,1,");
  }

  private static String data(RunPicture picture) {
    Matcher data =
        Pattern.compile("id=\"data\">(.*?)</script>", Pattern.DOTALL).matcher(picture.html("test"));
    List<String> found = data.results().map(result -> result.group(1)).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }
}
