package io.bowline.raft.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What the library may touch of the world: by {@code NodeEnvironment}, {@code ClientEnvironment},
 * {@code Disk} and the transports only, so that the simulator runs what ships; and nothing whose
 * answer differs from run to run (docs/testing/README.md, "Determinism"). Read from the bytecode.
 */
class ArchitectureTest {
  /** The default environments and the real disk: what the simulator replaces. */
  private static final List<String> DOORS =
      List.of(
          "io.bowline.raft.storage.FileDisk",
          "io.bowline.raft.storage.OpenFile",
          "io.bowline.raft.storage.AheadFile",
          "io.bowline.raft.storage.ScanAhead",
          "io.bowline.raft.storage.DirectChannel",
          "io.bowline.raft.storage.DirectoryInspector",
          "io.bowline.raft.runtime.RealEnvironment",
          "io.bowline.raft.runtime.StageExecutor",
          "io.bowline.raft.client.ThreadClientEnvironment");

  private static final JavaClasses LIBRARY =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.bowline.raft")
          .that(not(describe("the testkit", c -> c.getPackageName().contains(".testkit"))));

  /** Methods that nobody may call, as {@code Class.method}. */
  private static final Set<String> CALLS =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.lang.System.identityHashCode",
          "java.lang.System.getenv",
          "java.lang.Math.random",
          "java.lang.Math.log",
          "java.lang.Math.exp",
          "java.lang.Math.pow",
          "java.lang.Math.sin",
          "java.lang.Math.cos",
          "java.time.Instant.now",
          "java.time.LocalDateTime.now",
          "java.time.Clock.systemUTC",
          "java.time.Clock.systemDefaultZone",
          "java.util.UUID.randomUUID",
          "java.util.Collection.parallelStream",
          "java.util.List.parallelStream",
          "java.util.stream.Stream.parallel",
          "java.util.stream.Collectors.toSet",
          "java.util.concurrent.CompletableFuture.orTimeout",
          "java.util.concurrent.CompletableFuture.completeOnTimeout",
          "java.util.concurrent.CompletableFuture.delayedExecutor");

  /** Classes that nobody may use at all. */
  private static final List<String> CLASSES =
      List.of(
          "java.lang.ProcessHandle",
          "java.lang.Runtime",
          "java.util.Random",
          "java.util.Timer",
          "java.util.IdentityHashMap",
          "java.util.WeakHashMap",
          "java.lang.ref.WeakReference",
          "java.lang.ref.Cleaner",
          "java.security.SecureRandom",
          "java.util.SplittableRandom",
          "java.util.concurrent.ThreadLocalRandom",
          "java.util.concurrent.Executors",
          "java.util.concurrent.ForkJoinPool",
          "java.util.concurrent.ThreadPoolExecutor",
          "java.util.concurrent.ScheduledThreadPoolExecutor",
          "java.util.concurrent.locks.LockSupport",
          "java.nio.file.Files",
          "java.io.File",
          "java.io.FileInputStream",
          "java.io.FileOutputStream",
          "java.io.RandomAccessFile",
          "java.nio.channels.FileChannel",
          "java.nio.channels.AsynchronousFileChannel",
          "java.nio.channels.SocketChannel",
          "java.util.zip.Deflater");

  private static DescribedPredicate<JavaClass> insideTheDoors() {
    return describe("not a door to the world", c -> !isDoor(c));
  }

  private static boolean isDoor(JavaClass c) {
    return DOORS.stream()
        .anyMatch(door -> c.getName().equals(door) || c.getName().startsWith(door + "$"));
  }

  private static DescribedPredicate<JavaAccess<?>> aCallOf(Set<String> names) {
    return describe(
        "one of " + names,
        access -> names.contains(access.getTargetOwner().getName() + "." + access.getName()));
  }

  @Test
  void theLibraryIsThere() {
    assertThat(LIBRARY).extracting(JavaClass::getName).contains("io.bowline.raft.core.RaftCore");
  }

  @Test
  void theWorldIsTouchedThroughTheEnvironmentOnly() {
    noClasses()
        .that(insideTheDoors())
        .should()
        .accessTargetWhere(aCallOf(CALLS))
        .orShould()
        .dependOnClassesThat(describe("banned", c -> CLASSES.contains(c.getName())))
        .orShould()
        .dependOnClassesThat(describe("sockets", c -> c.getPackageName().equals("java.net")))
        .check(LIBRARY);
  }

  @Test
  void noThreadIsMadeAndNobodyWaitsInOne() {
    noClasses()
        .that(insideTheDoors())
        .should()
        .callConstructorWhere(
            describe("a thread", c -> isNamed(c.getTargetOwner(), "java.lang.Thread")))
        .orShould()
        .accessTargetWhere(
            describe(
                "sleep or wait",
                a ->
                    (isNamed(a.getTargetOwner(), "java.lang.Thread") && a.getName().equals("sleep"))
                        || (isNamed(a.getTargetOwner(), "java.lang.Object")
                            && a.getName().equals("wait"))))
        .check(LIBRARY);
  }

  private static boolean isNamed(JavaClass c, String name) {
    return c.getName().equals(name);
  }

  /** The overloads without an executor run on the common pool. */
  @Test
  void noFutureRunsOnTheCommonPool() {
    noClasses()
        .should()
        .callMethodWhere(
            describe(
                "an Async method without an executor",
                call ->
                    call.getTargetOwner().getName().startsWith("java.util.concurrent.Completab")
                        && call.getName().endsWith("Async")
                        && call.getTarget().getRawParameterTypes().stream()
                            .noneMatch(t -> isNamed(t, "java.util.concurrent.Executor"))))
        .check(LIBRARY);
  }

  /** Their order comes from identity hashes, from a salt of the JVM or from threads. */
  @Test
  void nothingIteratesInAnOrderThatDiffersFromRunToRun() {
    Set<String> unordered =
        Set.of(
            "java.util.HashMap",
            "java.util.HashSet",
            "java.util.concurrent.ConcurrentHashMap",
            "java.util.concurrent.ConcurrentSkipListMap");
    noClasses()
        .that(insideTheDoors())
        .and()
        .resideInAnyPackage(
            "io.bowline.raft.core",
            "io.bowline.raft.founding",
            "io.bowline.raft.runtime",
            "io.bowline.raft.storage")
        .should()
        .callConstructorWhere(
            describe("of " + unordered, c -> unordered.contains(c.getTargetOwner().getName())))
        .check(LIBRARY);
  }

  /** The text of a number must not depend on where the machine stands. */
  @Test
  void nothingIsFormattedForTheLocalLocale() {
    noClasses()
        .should()
        .callMethodWhere(
            describe(
                "String.format without a locale",
                call ->
                    isNamed(call.getTargetOwner(), "java.lang.String")
                        && (call.getName().equals("format")
                            || call.getName().toLowerCase(Locale.ROOT).endsWith("case"))
                        && call.getTarget().getRawParameterTypes().stream()
                            .noneMatch(t -> isNamed(t, "java.util.Locale"))))
        .check(LIBRARY);
  }
}
