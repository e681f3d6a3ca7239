package io.bowline.raft.examples.counter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** TCP connections of a network namespace over which nothing passes, as {@code ss} shows them. */
final class SilentFlows {
  record Flow(int localPort, int remotePort) {}

  private static final Pattern ENDS = Pattern.compile("ESTAB\\s+\\d+\\s+\\d+\\s+(\\S+)\\s+(\\S+)");
  private static final Pattern RECEIVED = Pattern.compile("\\blastrcv:(\\d+)");

  private SilentFlows() {}

  /** Those to addresses of that net, over which nothing has come for so long. */
  static List<Flow> at(String namespace, String net, Duration silence) throws IOException {
    Process ss =
        new ProcessBuilder("ip", "netns", "exec", namespace, "ss", "-tniOH", "state", "all")
            .redirectErrorStream(true)
            .start();
    List<Flow> silent = new ArrayList<>();
    try (var lines = ss.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher ends = ENDS.matcher(line);
        Matcher received = RECEIVED.matcher(line);
        if (ends.find()
            && received.find()
            && ends.group(2).contains(net)
            && Long.parseLong(received.group(1)) >= silence.toMillis()) {
          silent.add(new Flow(port(ends.group(1)), port(ends.group(2))));
        }
      }
    }
    return silent;
  }

  private static int port(String end) {
    return Integer.parseInt(end.substring(end.lastIndexOf(':') + 1));
  }
}
