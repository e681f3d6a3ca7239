package io.bowline.raft.examples.tools;

import io.bowline.raft.testkit.campaign.SeededBug;
import io.bowline.raft.testkit.campaign.SeededBugException;
import io.bowline.raft.testkit.campaign.SeededBugs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how soon the default campaign finds each seeded bug. */
@Command(
    name = "hunt",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Puts one seeded bug after the other into a copy of raft-core and runs the default campaign,",
      "with no setting of its own, until a check sees it. Keeps its results, and goes on where it",
      "was stopped. Exit code: 0 all found, 1 not all, 2 wrong usage."
    })
final class HuntCommand implements Callable<Integer> {
  @Option(names = "--only", split = ",", description = "Ids of bugs, such as E1,R7; default: all.")
  List<String> only = List.of();

  @Option(
      names = "--results",
      defaultValue = "target/hunt.tsv",
      description = "Kept from run to run.")
  Path results = Path.of("target", "hunt.tsv");

  @Option(names = "--fresh", description = "Forget earlier results of the bugs that are hunted.")
  boolean fresh;

  @Option(names = "--root", defaultValue = ".", description = "The checkout with the sources.")
  Path root = Path.of(".");

  @Option(
      names = "--catalogue",
      defaultValue = "raft-testkit/src/test/resources/seeded-bugs",
      description = "The folder with the bugs, below the root.")
  Path catalogue = Path.of("raft-testkit", "src", "test", "resources", "seeded-bugs");

  @Option(names = "--limit", defaultValue = "600", description = "Seconds to look for one bug.")
  long limitSeconds;

  @Option(names = "--blocks", defaultValue = "5", description = "Of seeds, to take the median of.")
  int blocks;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Shrinks and draws one bug's finding.")
  @Nullable Path html;

  @Spec CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<SeededBug> bugs = chosen();
    if (blocks < 1 || blocks > 99 || limitSeconds < 1) {
      throw wrong(
          "--blocks=" + blocks + " --limit=" + limitSeconds + ": 1 to 99 blocks, 1 second or more");
    }
    if (html != null && bugs.size() != 1) {
      throw wrong("--html=" + html + " draws one bug: name it by --only=ID");
    }
    Map<String, HuntResult> known = readResults();
    if (fresh) {
      bugs.forEach(bug -> known.remove(bug.id()));
      write(known);
    }
    Path work = results.resolveSibling("hunted");
    try (ProgressBar bar = Progress.bar("hunt", bugs.size(), "")) {
      Hunt hunt = new Hunt(root, work, blocks, limitSeconds, bar::setExtraMessage);
      for (SeededBug bug : bugs) {
        HuntResult before = known.get(bug.id());
        if (before == null || !before.edit().equals(HuntResult.editOf(bug))) {
          known.put(bug.id(), hunt.hunt(bug));
          write(known);
        }
        bar.step();
      }
    }
    Path file = html;
    HuntResult result = known.get(bugs.get(0).id());
    if (file != null && result != null && result.found()) {
      new Hunt(root, work, blocks, limitSeconds, line -> {}).draw(bugs.get(0), result, file);
    }
    return print(bugs, known);
  }

  private List<SeededBug> chosen() throws IOException {
    String problem = Hunt.problem(root);
    if (problem != null) {
      throw wrong(problem);
    }
    Path folder = root.resolve(catalogue);
    if (!Files.isDirectory(folder)) {
      throw wrong("--catalogue=" + catalogue + ": there is no folder " + folder);
    }
    try {
      List<SeededBug> all = SeededBugs.read(folder);
      for (String id : only) {
        if (all.stream().noneMatch(bug -> bug.id().equals(id))) {
          List<String> ids = all.stream().map(SeededBug::id).toList();
          throw wrong("--only=" + id + ": there is no such bug; there are " + ids);
        }
      }
      return all.stream().filter(bug -> only.isEmpty() || only.contains(bug.id())).toList();
    } catch (SeededBugException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private CommandLine.ParameterException wrong(String what) {
    return new CommandLine.ParameterException(spec.commandLine(), what);
  }

  private Map<String, HuntResult> readResults() throws IOException {
    Map<String, HuntResult> known = new LinkedHashMap<>();
    if (Files.exists(results)) {
      try {
        for (String line : Files.readAllLines(results)) {
          HuntResult result = HuntResult.parse(line);
          known.put(result.id(), result);
        }
      } catch (IllegalArgumentException e) {
        throw wrong("--results=" + results + ": " + e.getMessage() + "; name another file");
      }
    }
    return known;
  }

  private void write(Map<String, HuntResult> known) throws IOException {
    Path parent = results.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.write(
        results,
        known.values().stream().map(HuntResult::line).toList(),
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  private static int print(List<SeededBug> bugs, Map<String, HuntResult> known) {
    System.out.println(HuntResult.HEADER);
    int found = 0;
    for (SeededBug bug : bugs) {
      HuntResult result = known.get(bug.id());
      if (result != null) {
        System.out.println(result.row(bug.title()));
        found += result.found() ? 1 : 0;
      }
    }
    System.out.println(String.format(Locale.ROOT, "%n%d of %d found", found, bugs.size()));
    return found == bugs.size() ? 0 : 1;
  }
}
