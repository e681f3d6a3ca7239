package io.bowline.raft.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Who embeds the testkit without JUnit or without jqwik misses three packages and nothing else. */
class OptionalApisTest {
  private static final String FOR_JUNIT = "io.bowline.raft.testkit.junit..";
  private static final String FOR_JQWIK = "io.bowline.raft.testkit.jqwik..";
  private static final String[] JUNIT = {"org.junit..", "org.opentest4j.."};
  private static final String JQWIK = "net.jqwik..";

  private static final JavaClasses SHIPPED =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.bowline.raft");

  @Test
  void junitIsNeededByItsPackagesOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(FOR_JUNIT)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(JUNIT)
        .check(SHIPPED);
  }

  @Test
  void jqwikIsNeededByItsPackageOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(FOR_JQWIK)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(JQWIK)
        .check(SHIPPED);
  }

  /** Else a build without JUnit could not load what has nothing to do with it. */
  @Test
  void nothingElseNeedsThesePackages() {
    noClasses()
        .that()
        .resideOutsideOfPackages(FOR_JUNIT, FOR_JQWIK)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(FOR_JUNIT, FOR_JQWIK)
        .check(SHIPPED);
  }

  @Test
  void thesePackagesAreLookedAt() {
    assertThat(SHIPPED)
        .extracting(JavaClass::getName)
        .contains(
            "io.bowline.raft.testkit.junit.SimTest",
            "io.bowline.raft.testkit.junit.conformance.StorageConformance",
            "io.bowline.raft.testkit.jqwik.RaftArbitraries",
            "io.bowline.raft.testkit.Simulation");
  }

  @Test
  void whoRequiresTheTestkitNeedNotHaveThem() throws IOException {
    String module = Files.readString(Path.of("src", "main", "java", "module-info.java"));
    String pom = Files.readString(Path.of("pom.xml"));

    assertThat(module)
        .contains("requires static net.jqwik.api;", "requires static org.junit.jupiter.api;");
    assertThat(pom)
        .contains(
            "<artifactId>junit-jupiter-api</artifactId><optional>true</optional>",
            "<artifactId>jqwik-api</artifactId><optional>true</optional>");
  }
}
