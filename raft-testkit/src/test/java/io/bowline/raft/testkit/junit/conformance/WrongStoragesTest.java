package io.bowline.raft.testkit.junit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For each rule of the kit a storage that breaks it is refused, by the tests of that rule only. */
class WrongStoragesTest {
  private static Supplier<StorageMedium> underTest = MemoryMedium::new;

  /** Run by {@link KitRun} only: its name is none that a build looks for. */
  static class Kit extends StorageConformance {
    @Override
    protected StorageMedium medium() {
      return underTest.get();
    }

    @Override
    protected Duration patience() {
      return Duration.ofMillis(300);
    }
  }

  static List<WrongStorage> wrongStorages() {
    return Stream.of(WrongMemory.ALL, WrongDeaths.ALL, WrongDisk.ALL)
        .flatMap(List::stream)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("wrongStorages")
  void aWrongStorageIsRefusedByTheTestsOfItsRule(WrongStorage wrong) {
    underTest = wrong.medium();

    KitRun run = KitRun.of(Kit.class);

    assertThat(run.failed())
        .as("what refuses a storage that %s: %s", wrong, run.failures())
        .containsExactlyInAnyOrderElementsOf(wrong.seenBy());
  }

  @Test
  void theStorageThatTheseBendPasses() {
    underTest = MemoryMedium::new;

    KitRun run = KitRun.of(Kit.class);

    assertThat(run.failures()).isEmpty();
    assertThat(run.passed()).hasSizeGreaterThan(15);
  }

  @Test
  void eachRuleHasAStorageThatBreaksIt() {
    Set<String> seen = new TreeSet<>();
    wrongStorages().forEach(wrong -> seen.addAll(wrong.seenBy()));

    assertThat(seen).isEqualTo(KitRun.testsOf(StorageConformance.class));
  }
}
