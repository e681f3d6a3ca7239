package io.bowline.raft.testkit.junit;

import io.bowline.raft.testkit.RunPlan;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;

/** One seed of one test: gives the method its cluster, and tells the seeds behind it to stop. */
final class SeedInvocation
    implements TestTemplateInvocationContext,
        ParameterResolver,
        TestExecutionExceptionHandler,
        AfterTestExecutionCallback {
  private final RunPlan plan;
  private final Failure failure;
  private final AtomicBoolean failed;
  private final SimCluster cluster;

  SeedInvocation(RunPlan plan, Failure failure, AtomicBoolean failed) {
    this.plan = plan;
    this.failure = failure;
    this.failed = failed;
    this.cluster = new SimCluster(plan, failure);
  }

  @Override
  public String getDisplayName(int invocationIndex) {
    return String.format(Locale.ROOT, "seed 0x%X", plan.seed());
  }

  @Override
  public List<Extension> getAdditionalExtensions() {
    return List.of(this);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == SimCluster.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return cluster;
  }

  /** What the method itself asserts fails on this seed, too, and does not know how to say so. */
  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable thrown)
      throws Throwable {
    boolean told = thrown instanceof Failure.Told;
    throw !told && thrown instanceof AssertionError
        ? failure.ofMethod(plan.seed(), thrown)
        : thrown;
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    boolean threw = context.getExecutionException().isPresent();
    failed.compareAndSet(false, threw || !cluster.isUsed());
    if (!threw && !cluster.isUsed()) {
      throw new AssertionError(
          "nothing ran: a method with @SimTest takes a SimCluster and calls run(...) on it");
    }
  }
}
