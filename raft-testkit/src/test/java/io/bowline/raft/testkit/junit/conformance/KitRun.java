package io.bowline.raft.testkit.junit.conformance;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a class's tests as JUnit would, and says which failed and why. */
final class KitRun {
  private final Map<String, String> failures = new TreeMap<>();
  private final List<String> passed = new ArrayList<>();

  private KitRun() {}

  static KitRun of(Class<?> tests) {
    KitRun run = new KitRun();
    readAllModules();
    Launch.run(tests, run);
    return run;
  }

  /** JUnit's platform is a module where the testkit is one, and nothing that ships requires it. */
  private static void readAllModules() {
    Module own = KitRun.class.getModule();
    for (Module other : ModuleLayer.boot().modules()) {
      own.addReads(other);
    }
  }

  /** Apart, so that it is linked when its module can be read. */
  private static final class Launch implements TestExecutionListener {
    private final KitRun run;

    private Launch(KitRun run) {
      this.run = run;
    }

    static void run(Class<?> tests, KitRun run) {
      LauncherConfig config =
          LauncherConfig.builder()
              .enableTestEngineAutoRegistration(false)
              .enableTestExecutionListenerAutoRegistration(false)
              .enableLauncherSessionListenerAutoRegistration(false)
              .enableLauncherDiscoveryListenerAutoRegistration(false)
              .enablePostDiscoveryFilterAutoRegistration(false)
              .addTestEngines(new JupiterTestEngine())
              .build();
      LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build();
      LauncherFactory.create(config).execute(request, new Launch(run));
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      String name = test.getDisplayName().replace("()", "");
      if (result.getStatus() == TestExecutionResult.Status.FAILED) {
        String why = result.getThrowable().map(Throwable::toString).orElse("no reason given");
        run.failures.put(name, why);
      } else if (test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
        run.passed.add(name);
      }
    }
  }

  Set<String> failed() {
    return failures.keySet();
  }

  /** The tests that failed, each with its reason. */
  Map<String, String> failures() {
    return failures;
  }

  List<String> passed() {
    return passed;
  }

  /** The names of all tests that a kit has. */
  static Set<String> testsOf(Class<?> kit) {
    Set<String> names = new TreeSet<>();
    for (Class<?> at = kit; at != null; at = at.getSuperclass()) {
      for (Method method : at.getDeclaredMethods()) {
        if (method.isAnnotationPresent(Test.class)) {
          names.add(method.getName());
        }
      }
    }
    return names;
  }
}
