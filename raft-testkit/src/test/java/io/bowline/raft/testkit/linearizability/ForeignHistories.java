package io.bowline.raft.testkit.linearizability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the histories of other projects, in the two formats that they were recorded in. */
final class ForeignHistories {
  private static final Pattern LOG =
      Pattern.compile("INFO\\s+jepsen\\.util - (\\d+)\\s+:(\\w+)\\s+:(\\w+)\\s+(.*)");
  private static final Pattern EDN =
      Pattern.compile(
          "\\{:process (\\d+), :type :(\\w+), :f :(\\w+), :key \"(.*?)\", :value (nil|\"(.*)\")}");

  private ForeignHistories() {}

  /** A process's open call and when it was made. */
  private record Open(Call call, long at) {}

  /** Calls by process; a return, or the lack of one, makes an operation. */
  private static final class Recorded {
    private final List<Operation<Call, String>> operations = new ArrayList<>();
    private final Map<Integer, Open> open = new HashMap<>();
    private long position;

    void invoked(int process, Call call) {
      open.put(process, new Open(call, ++position));
    }

    void returned(int process, String output) {
      Open call = open.remove(process);
      if (call == null) {
        throw new IllegalArgumentException("process " + process + " returns and has not asked");
      }
      operations.add(Operation.completed(process, call.call(), output, call.at(), ++position));
    }

    void hadNoEffect(int process) {
      open.remove(process);
    }

    List<Operation<Call, String>> end() {
      open.forEach((process, call) -> unknown(process, call));
      return operations;
    }

    private void unknown(int process, Open call) {
      operations.add(Operation.unknown(process, call.call(), call.at()));
    }
  }

  /** One compare-and-set register that starts as nil. */
  static List<Operation<Call, String>> readRegisterLog(Path file) throws IOException {
    Recorded recorded = new Recorded();
    for (String line : Files.readAllLines(file)) {
      Matcher match = LOG.matcher(line);
      if (match.matches()) {
        int process = Integer.parseInt(match.group(1));
        String value = match.group(4);
        switch (match.group(2)) {
          case "invoke" -> recorded.invoked(process, registerCall(match.group(3), value));
          case "ok" ->
              recorded.returned(process, match.group(3).equals("read") ? value : Models.OK);
          case "fail" -> {
            if (match.group(3).equals("cas")) {
              recorded.returned(process, Models.NO);
            } else {
              recorded.hadNoEffect(process);
            }
          }
          default -> {} // :info: it stays open
        }
      }
    }
    return recorded.end();
  }

  private static Call registerCall(String name, String value) {
    return switch (name) {
      case "read" -> Call.of("read");
      case "write" -> Call.of("write", value);
      default -> Call.of("cas", value.substring(1, value.length() - 1).split(" ", 2));
    };
  }

  /** A map whose entries start as the empty string. */
  static List<Operation<Call, String>> readMap(Path file) throws IOException {
    Recorded recorded = new Recorded();
    for (String line : Files.readAllLines(file)) {
      Matcher match = EDN.matcher(line);
      if (!match.matches()) {
        throw new IOException("not a map of an operation: " + line);
      }
      int process = Integer.parseInt(match.group(1));
      String name = match.group(3);
      @Nullable String value = match.group(6);
      if (match.group(2).equals("invoke")) {
        String key = match.group(4);
        recorded.invoked(process, value == null ? Call.on(key, name) : Call.on(key, name, value));
      } else {
        recorded.returned(process, name.equals("get") ? String.valueOf(value) : Models.OK);
      }
    }
    return recorded.end();
  }
}
