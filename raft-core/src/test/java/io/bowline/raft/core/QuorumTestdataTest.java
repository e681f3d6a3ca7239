package io.bowline.raft.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bowline.raft.model.Member;
import io.bowline.raft.model.MemberRole;
import io.bowline.raft.model.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The quorum cases of other projects, from {@code -Dbowline.testdata=DIR}; by default the folder
 * {@code shared/testdata} beside the project, and skipped where that is not there.
 */
class QuorumTestdataTest {
  private static final Pattern CFG = Pattern.compile("cfg=\\(([^)]*)\\)");
  private static final Pattern OTHER_CFG = Pattern.compile("cfgj=\\(([^)]*)\\)");
  private static final Pattern OF_EACH = Pattern.compile("(?:idx|votes)=\\(([^)]*)\\)");

  @Test
  void quorumCasesOfOthersHold() throws IOException {
    String given = System.getProperty("bowline.testdata");
    Path root = Path.of("..");
    Path folder = root.resolve(given == null ? "../shared/testdata" : given).resolve("quorum");
    assumeTrue(given != null || Files.isDirectory(folder), "no folder ../shared/testdata");

    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
    assertThat(files).as("cases in " + folder).isNotEmpty();
    for (Path file : files) {
      assertThat(runAll(Files.readAllLines(file))).as("cases in " + file).isPositive();
    }
  }

  private static int runAll(List<String> lines) {
    int cases = 0;
    for (int i = 0; i + 1 < lines.size(); i++) {
      if (lines.get(i + 1).equals("----")) {
        String asked = lines.get(i);
        int end = i + 2;
        while (end < lines.size() && !lines.get(end).isBlank()) {
          end++;
        }
        String expected = lines.get(end - 1);
        assertThat(answer(asked, expected)).as(asked).isEqualTo(expected);
        cases++;
      }
    }
    return cases;
  }

  private static String answer(String asked, String expected) {
    List<String> first = words(CFG, asked);
    List<String> second = words(OTHER_CFG, asked);
    boolean joint = asked.contains("cfgj=");
    Set<String> ids = new LinkedHashSet<>(first);
    ids.addAll(second);
    List<Member> members = new ArrayList<>();
    for (String id : ids) {
      MemberRole role = first.contains(id) ? MemberRole.JOINING : MemberRole.LEAVING;
      boolean both = !joint || (first.contains(id) && second.contains(id));
      members.add(new Member(NodeId.of("n" + id), null, "", both ? MemberRole.VOTER : role, 0, 1));
    }
    List<String> values = words(OF_EACH, asked);
    if (asked.startsWith("vote")) {
      return vote(members, values);
    }
    long[] indexes = new long[members.size()];
    for (int i = 0; i < indexes.length && i < values.size(); i++) {
      indexes[i] = values.get(i).equals("_") ? 0 : Long.parseLong(values.get(i));
    }
    long agreed = Quorum.agreedIndex(members, indexes);
    boolean anything = agreed == Long.MAX_VALUE && expected.endsWith("∞");
    return anything ? expected : String.valueOf(agreed);
  }

  private static String vote(List<Member> members, List<String> values) {
    byte[] votes = new byte[members.size()];
    for (int i = 0; i < votes.length && i < values.size(); i++) {
      byte no = values.get(i).equals("n") ? Quorum.NO : Quorum.UNKNOWN;
      votes[i] = values.get(i).equals("y") ? Quorum.YES : no;
    }
    return switch (Quorum.vote(members, votes)) {
      case WON -> "VoteWon";
      case LOST -> "VoteLost";
      case PENDING -> "VotePending";
    };
  }

  private static List<String> words(Pattern pattern, String line) {
    Matcher found = pattern.matcher(line);
    return Optional.of(found)
        .filter(Matcher::find)
        .map(match -> match.group(1))
        .filter(text -> !text.isBlank())
        .map(text -> List.of(text.split(", *", -1)))
        .orElse(List.of());
  }
}
