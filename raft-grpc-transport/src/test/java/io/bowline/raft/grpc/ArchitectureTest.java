package io.bowline.raft.grpc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows that leave this module: what ships is held, not what tests it. */
@AnalyzeClasses(packages = "io.bowline.raft", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String RAFT = "io.bowline.raft";

  @ArchTest
  static final ArchRule grpcUsesWhatEmbeddersUse =
      noClasses()
          .that()
          .resideInAPackage(RAFT + ".grpc..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              RAFT + ".core..", RAFT + ".runtime..", RAFT + ".storage..", RAFT + ".testkit..");

  @ArchTest
  static final ArchRule nothingBelowKnowsGrpc =
      noClasses()
          .that()
          .resideInAPackage("io.bowline..")
          .and()
          .resideOutsideOfPackage(RAFT + ".grpc..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(RAFT + ".grpc..", "io.grpc..", "com.google..");

  /** So that an embedder may put another netty beside it. */
  @ArchTest
  static final ArchRule oneClassKnowsNetty =
      noClasses()
          .that()
          .resideInAPackage(RAFT + ".grpc..")
          .and()
          .doNotHaveSimpleName("GrpcListener")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.grpc.netty..");

  @ArchTest
  static final ArchRule oneClassKnowsMicrometer =
      classes()
          .that()
          .resideInAPackage(RAFT + ".grpc..")
          .and()
          .haveNameNotMatching(".*MicrometerMetrics.*")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackage("io.micrometer..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.bowline.(**)").should().beFreeOfCycles();
}
