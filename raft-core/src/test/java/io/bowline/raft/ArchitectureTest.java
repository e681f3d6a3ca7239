package io.bowline.raft;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;

/**
 * The arrows between packages, and what the core must not touch (DESIGN, "Modules and packages").
 */
@AnalyzeClasses(packages = "io.bowline.raft", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String RAFT = "io.bowline.raft";

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.bowline.(**)").should().beFreeOfCycles();

  @ArchTest static final ArchRule modelUsesNothing = mayUse(RAFT + ".model");

  @ArchTest static final ArchRule coreUsesModelOnly = mayUse(RAFT + ".core", RAFT + ".model");

  @ArchTest static final ArchRule loggingUsesNothing = mayUse(RAFT + ".logging");

  @ArchTest
  static final ArchRule storageUsesModelOnly =
      mayUse(RAFT + ".storage", RAFT + ".model", RAFT + ".logging");

  @ArchTest
  static final ArchRule transportUsesModelOnly = mayUse(RAFT + ".transport", RAFT + ".model");

  @ArchTest
  static final ArchRule clientUsesModelAndTransport =
      mayUse(RAFT + ".client", RAFT + ".model", RAFT + ".transport", RAFT + ".logging");

  /** The words of a handshake are the transport's. */
  @ArchTest
  static final ArchRule foundingUsesModelAndTransport =
      mayUse(RAFT + ".founding", RAFT + ".model", RAFT + ".transport");

  /** What it needs from above it declares itself, and the public face adapts. */
  @ArchTest
  static final ArchRule runtimeUsesTheLayersBelow =
      mayUse(
          RAFT + ".runtime",
          RAFT + ".core",
          RAFT + ".founding",
          RAFT + ".logging",
          RAFT + ".model",
          RAFT + ".storage",
          RAFT + ".transport");

  /** Inputs in, effects out: nothing of the world, no clock, and no random number of its own. */
  @ArchTest
  static final ArchRule coreAndFoundingArePure =
      noClasses()
          .that()
          .resideInAnyPackage(RAFT + ".core", RAFT + ".founding")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.io..",
              "java.nio.file..",
              "java.nio.channels..",
              "java.net..",
              "java.util.concurrent..",
              "java.util.logging..",
              "java.time..",
              "org.slf4j..")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.util\\.(Random|SplittableRandom|Timer|Date|UUID)"
                  + "|java\\.util\\.random\\.RandomGeneratorFactory"
                  + "|java\\.security\\..*|java\\.lang\\.Thread.*")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Math.class, "random")
          .because("they are functions of their inputs and of now");

  /** Where nobody says {@code @NullMarked} NullAway looks away in silence. */
  @ArchTest
  static final ArchRule everyPackageIsNullMarked =
      classes()
          .should(
              new ArchCondition<>("be in a package that is @NullMarked") {
                private Set<String> packages = new TreeSet<>();

                @Override
                public void init(java.util.Collection<JavaClass> all) {
                  packages = new TreeSet<>();
                }

                @Override
                public void check(JavaClass one, ConditionEvents events) {
                  boolean marked = one.getPackage().isAnnotatedWith(NullMarked.class);
                  if (!marked && packages.add(one.getPackageName())) {
                    events.add(
                        SimpleConditionEvent.violated(
                            one, "package " + one.getPackageName() + " is not @NullMarked"));
                  }
                }
              });

  /** What is behind slf4j is not ours: whoever calls it catches what it throws. */
  @ArchTest
  static final ArchRule onlyTheGuardedLogLogs =
      noClasses()
          .that()
          .doNotHaveSimpleName("GuardedLog")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.slf4j.LoggerFactory");

  @ArchTest
  static final ArchRule noPackageIsNamedUtil =
      noClasses().should().resideInAPackage("..util..").allowEmptyShould(true);

  private static ArchRule mayUse(String from, String... others) {
    String[] allowed = java.util.Arrays.copyOf(others, others.length + 1);
    allowed[others.length] = from;
    return noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat(
            new com.tngtech.archunit.base.DescribedPredicate<>("are of ours and not in reach") {
              @Override
              public boolean test(JavaClass used) {
                return used.getPackageName().startsWith("io.bowline")
                    && !Set.of(allowed).contains(used.getPackageName());
              }
            });
  }

  /** The rules look at something. */
  @ArchTest
  static void allPackagesAreThere(JavaClasses all) {
    Set<String> packages = new TreeSet<>();
    all.forEach(one -> packages.add(one.getPackageName()));
    org.assertj.core.api.Assertions.assertThat(packages)
        .contains(
            RAFT + ".model",
            RAFT + ".core",
            RAFT + ".founding",
            RAFT + ".storage",
            RAFT + ".runtime");
  }
}
