package io.bowline.raft.examples.tools;

import io.bowline.raft.model.FoundingId;
import io.bowline.raft.storage.DirectoryInspector;
import io.bowline.raft.storage.Identity;
import io.bowline.raft.storage.StorageException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says how far the founding of a stopped node's directory is. */
@Command(
    name = "founding",
    mixinStandardHelpOptions = true,
    description = {
      "Reads whose a directory is and how far its founding is, and changes nothing. Stop the node",
      "first. Exit code: 0 the founding is not complete, 3 it is complete or the directory is",
      "fenced, so that it may have acknowledged writes, 2 it cannot be read, which counts as 3."
    })
final class FoundingCommand implements Callable<Integer> {
  private static final int NOT_COMPLETE = 0;
  private static final int NOT_READ = 2;
  private static final int MAY_HAVE_ACKNOWLEDGED = 3;

  @Parameters(paramLabel = "DIR", description = "The directory that a node was given for a group.")
  Path directory = Path.of("");

  @Spec CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Override
  public Integer call() {
    Identity identity;
    try {
      identity = DirectoryInspector.identityOf(directory);
    } catch (StorageException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return NOT_READ;
    }
    print(identity);
    return identity.founding().isComplete() || identity.fenced()
        ? MAY_HAVE_ACKNOWLEDGED
        : NOT_COMPLETE;
  }

  private static void print(Identity identity) {
    FoundingId founding = identity.founding().id();
    String fence = identity.fence();
    say("node", identity.node());
    say("group", identity.group());
    say("cluster", identity.cluster());
    say("incarnation", identity.incarnation());
    say("state", identity.founding().state().name().toLowerCase(Locale.ROOT));
    say("founding", founding == null ? "none" : founding);
    say("starts", identity.startCounter());
    say("fence", fence == null ? "none" : fence);
  }

  private static void say(String name, Object value) {
    System.out.println(String.format(Locale.ROOT, "%-12s %s", name, value));
  }
}
