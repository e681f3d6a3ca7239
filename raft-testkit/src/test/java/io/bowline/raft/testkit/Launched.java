package io.bowline.raft.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A test class that was run inside a test, to see what its readers would see. */
public final class Launched implements TestExecutionListener {
  private final List<String> names = new ArrayList<>();
  private final Map<String, Throwable> failures = new LinkedHashMap<>();

  private Launched() {}

  /** The testkit is a module, and what runs tests is none that it requires. */
  private static void readThePlatform() {
    try {
      for (String name :
          List.of(
              "org.junit.platform.engine.DiscoverySelector",
              "org.junit.platform.launcher.Launcher")) {
        Module unused = Launched.class.getModule().addReads(Class.forName(name).getModule());
      }
    } catch (ClassNotFoundException e) {
      throw new LinkageError("who runs this, if not the platform?", e);
    }
  }

  /** Runs all tests of that class. */
  public static Launched run(Class<?> tests) {
    readThePlatform();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(tests))
            .configurationParameter("jqwik.database", "target/jqwik-launched")
            .build();
    Launched launched = new Launched();
    LauncherFactory.create().execute(request, launched);
    return launched;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.isTest()) {
      names.add(test.getDisplayName());
    }
    result.getThrowable().ifPresent(thrown -> failures.put(test.getDisplayName(), thrown));
  }

  /** The tests that ran, by their display names. */
  public List<String> names() {
    return names;
  }

  /** The display names of those that failed. */
  public List<String> failed() {
    return List.copyOf(failures.keySet());
  }

  /** What the only failure says. */
  public String message() {
    if (failures.size() != 1) {
      throw new AssertionError("failures: " + failures);
    }
    return String.valueOf(failures.values().iterator().next().getMessage());
  }
}
