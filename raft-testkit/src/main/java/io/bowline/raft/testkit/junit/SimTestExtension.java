package io.bowline.raft.testkit.junit;

import io.bowline.raft.testkit.FaultArea;
import io.bowline.raft.testkit.FaultSchedule;
import io.bowline.raft.testkit.RunPlan;
import io.bowline.raft.testkit.campaign.Campaign;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs what {@link SimTest} says; made by JUnit and by nobody else. */
public final class SimTestExtension implements TestTemplateInvocationContextProvider {
  /** The property that pins the seed. */
  static final String SEED = "bowline.seed";

  /** The property that says how many seeds. */
  static final String SEEDS = "bowline.seeds";

  /** For JUnit, which makes them as it needs them. */
  public SimTestExtension() {}

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getElement(), SimTest.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    Method method = context.getRequiredTestMethod();
    SimTest test = AnnotationSupport.findAnnotation(method, SimTest.class).orElseThrow();
    RunPlan plan = plan(test);
    AtomicBoolean failed = new AtomicBoolean();
    Failure failure = new Failure(context.getRequiredTestClass(), method, test.shrinking());
    return seeds(test)
        .takeWhile(seed -> !failed.get())
        .mapToObj(seed -> new SeedInvocation(plan.withSeed(seed), failure, failed));
  }

  private static RunPlan plan(SimTest test) {
    EnumSet<FaultArea> areas = EnumSet.noneOf(FaultArea.class);
    areas.addAll(List.of(test.faults()));
    RunPlan plan =
        RunPlan.of(0)
            .withNodes(test.nodes())
            .withClients(test.clients())
            .withAreas(areas)
            .withMaxOperations(test.operations());
    if (test.seconds() > 0) {
      plan = plan.withLength(Duration.ofSeconds(test.seconds()));
    }
    return test.schedule().isEmpty()
        ? plan
        : plan.withSchedule(FaultSchedule.parse(test.schedule()));
  }

  private static LongStream seeds(SimTest test) {
    String pinned = System.getProperty(SEED);
    if (pinned != null) {
      return LongStream.of(Long.decode(pinned));
    }
    long first = test.fresh() ? Campaign.freshSeed() : test.firstSeed();
    int count = Integer.getInteger(SEEDS, test.seeds());
    if (count < 1) {
      throw new IllegalArgumentException("seeds = " + count + ": a test runs at least one");
    }
    return LongStream.range(first, first + count);
  }
}
