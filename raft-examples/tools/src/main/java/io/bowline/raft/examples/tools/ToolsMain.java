package io.bowline.raft.examples.tools;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Bowline's tools, by the name of what they do. */
@Command(
    name = "tools",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      SimulateCommand.class,
      HuntCommand.class,
      SpeedCommand.class,
      FoundingCommand.class
    },
    description = "The simulator of Bowline at work, and a look into a stopped directory.")
final class ToolsMain {
  private ToolsMain() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(words(args)));
  }

  static CommandLine commandLine() {
    return new CommandLine(new ToolsMain());
  }

  /** The build hands all over as one argument. */
  static String[] words(String[] args) {
    List<String> words = new ArrayList<>();
    for (String arg : args) {
      for (String word : arg.split(" ", -1)) {
        if (!word.isEmpty()) {
          words.add(word);
        }
      }
    }
    return words.toArray(new String[0]);
  }
}
