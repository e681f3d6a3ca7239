package io.bowline.raft.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules of TESTKIT 1.1, one by one. */
class SimulatedDiskTest {
  private static final Path DIR = Path.of("/data/log");
  private static final Path FILE = DIR.resolve("a");

  private final List<Runnable> forces = new ArrayList<>();
  private final SimulatedDisk.Scheduler later =
      (onDisk, onCaller) -> {
        forces.add(onDisk);
        forces.add(onCaller);
      };
  private SimulatedDisk machine = new SimulatedDisk(new Prng(1), later);
  private Disk disk = machine.mount();

  @BeforeEach
  void makeDirectory() throws IOException {
    disk.createDirectories(DIR);
  }

  private DiskFile durableFile() throws IOException {
    DiskFile file = disk.create(FILE);
    disk.syncDirectory(DIR);
    return file;
  }

  private static void write(DiskFile file, long position, String text) throws IOException {
    file.write(ByteBuffer.wrap(text.getBytes(UTF_8)), position);
  }

  private static String read(DiskFile file, long position, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    int got = file.read(buffer, position);
    return new String(buffer.array(), 0, got, UTF_8);
  }

  private DiskFile afterPowerCut(double survival) throws IOException {
    machine.powerCut(survival);
    disk = machine.mount();
    return disk.open(FILE);
  }

  private DiskFile afterProcessCrash() throws IOException {
    machine.processCrash();
    disk = machine.mount();
    return disk.open(FILE);
  }

  @Test
  void aPowerCutTakesWhatNoForceCovered() throws IOException {
    DiskFile file = durableFile();
    write(file, 0, "forced");
    file.force();
    write(file, 600, "not forced");

    assertThat(read(file, 600, 10)).isEqualTo("not forced");
    DiskFile after = afterPowerCut(0);

    assertThat(read(after, 0, 6)).isEqualTo("forced");
    assertThat(after.size()).isEqualTo(6);
  }

  @Test
  void aProcessCrashKeepsTheCacheAndTheNextPowerCutStillTakesIt() throws IOException {
    DiskFile file = durableFile();
    write(file, 0, "unsynced");

    assertThat(read(afterProcessCrash(), 0, 8)).isEqualTo("unsynced");
    assertThat(afterPowerCut(0).size()).isZero();
  }

  @Test
  void aForceByALaterProcessCoversWhatAnEarlierOneWrote() throws IOException {
    write(durableFile(), 0, "unsynced");

    afterProcessCrash().force();

    assertThat(read(afterPowerCut(0), 0, 8)).isEqualTo("unsynced");
  }

  @Test
  void sectorsSurviveEachAloneAndNotAsAPrefix() throws IOException {
    Set<String> survivors = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      machine = new SimulatedDisk(new Prng(seed), later);
      disk = machine.mount();
      disk.createDirectories(DIR);
      DiskFile file = durableFile();
      file.write(ByteBuffer.wrap(new byte[3 * 512]), 0);
      file.force();
      byte[] ones = new byte[3 * 512];
      Arrays.fill(ones, (byte) '1');
      file.write(ByteBuffer.wrap(ones), 0);
      DiskFile after = afterPowerCut(0.5);
      StringBuilder kept = new StringBuilder();
      for (int sector = 0; sector < 3; sector++) {
        String content = read(after, sector * 512L, 512);
        assertThat(content.chars().distinct().count()).isEqualTo(1); // whole or not at all
        kept.append(content.charAt(0) == '1' ? '1' : '0');
      }
      survivors.add(kept.toString());
    }

    assertThat(survivors).hasSize(8);
  }

  @Test
  void aForceUnderWayCoversWhatWasWrittenBeforeItAndNothingElse() throws IOException {
    DiskFile file = durableFile();
    List<String> told = new ArrayList<>();
    write(file, 0, "before");
    file.force(failure -> told.add("done " + failure));
    write(file, 4096, "behind");

    assertThat(told).isEmpty();
    forces.forEach(Runnable::run);

    assertThat(told).containsExactly("done null");
    DiskFile after = afterPowerCut(0);
    assertThat(read(after, 0, 6)).isEqualTo("before");
    assertThat(after.size()).isEqualTo(6);
  }

  @Test
  void aForceThatIsNotThroughCoversNothing() throws IOException {
    DiskFile file = durableFile();
    write(file, 0, "before");
    file.force(failure -> {});

    assertThat(afterPowerCut(0).size()).isZero();
  }

  @Test
  void whatIsOverwrittenUnderAForceKeepsItsForcedContentOnDisk() throws IOException {
    DiskFile file = durableFile();
    write(file, 0, "first");
    file.force(failure -> {});
    write(file, 0, "other");

    forces.forEach(Runnable::run);

    assertThat(read(afterPowerCut(0), 0, 5)).isEqualTo("first");
  }

  @Test
  void afterAFailedForceTheCacheShowsWhatTheDiskNeverGets() throws IOException {
    DiskFile file = durableFile();
    write(file, 0, "old");
    file.force();
    machine.failForces(1);
    write(file, 0, "new");
    assertThatThrownBy(file::force).isInstanceOf(IOException.class);

    file.force(); // succeeds, and writes nothing

    assertThat(read(file, 0, 3)).isEqualTo("new");
    assertThat(read(afterPowerCut(1), 0, 3)).isEqualTo("old");
  }

  @Test
  void evictionAfterAFailedForceBringsTheOldBytesBack() throws IOException {
    Set<String> seen = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      machine = new SimulatedDisk(new Prng(seed), later);
      disk = machine.mount();
      disk.createDirectories(DIR);
      DiskFile file = durableFile();
      write(file, 0, "old");
      file.force();
      machine.failForces(1);
      write(file, 0, "new");
      assertThatThrownBy(file::force).isInstanceOf(IOException.class);
      seen.add(read(afterProcessCrash(), 0, 3));
    }

    assertThat(seen).containsExactlyInAnyOrder("old", "new");
  }

  @Test
  void aFullDiskTakesWhatFitsIntoItsFilesAndNothingElse() throws IOException {
    DiskFile file = durableFile();
    write(file, 0, "0123456789");
    machine.full(true);

    write(file, 2, "abc");
    assertThatThrownBy(() -> write(file, 9, "xy")).hasMessageContaining("no space");
    assertThatThrownBy(() -> disk.create(DIR.resolve("b"))).hasMessageContaining("no space");
    machine.full(false);

    write(file, 9, "xy");
    assertThat(read(file, 0, 20)).isEqualTo("01abc5678xy");
  }

  @Test
  void withoutHandlesNothingIsOpenedOrMadeAndWhatIsOpenServesOn() throws IOException {
    DiskFile file = durableFile();
    machine.lacksHandles(true);

    write(file, 0, "open");
    assertThatThrownBy(() -> disk.open(FILE)).hasMessageContaining("too many open files");
    assertThatThrownBy(() -> disk.create(DIR.resolve("b"))).hasMessageContaining("too many");
    machine.lacksHandles(false);

    assertThat(read(disk.open(FILE), 0, 4)).isEqualTo("open");
    assertThat(machine.failures()).isEqualTo(2);
  }

  @Test
  void aPowerCutInAWriteSpoilsOtherSectorsOfThatBlockAndNoneOfAnother() throws IOException {
    byte[] ones = new byte[3 * 4096];
    Arrays.fill(ones, (byte) '1');
    DiskFile file = durableFile();
    file.write(ByteBuffer.wrap(ones), 0);
    file.force();
    write(file, 4096 + 512, "2");

    machine.powerCut(1, 1);

    disk = machine.mount();
    DiskFile after = disk.open(FILE);
    assertThat(read(after, 0, 4096)).matches("1{4096}");
    assertThat(read(after, 4096, 512)).doesNotMatch("1{512}");
    assertThat(read(after, 4096 + 512, 512)).matches("21{511}"); // what was written is whole
    assertThat(read(after, 4096 + 1024, 3072)).doesNotContain("1111");
    assertThat(read(after, 2 * 4096, 4096)).matches("1{4096}");
    assertThat(machine.counts().sectorsSpoilt).isEqualTo(7);
  }

  @Test
  void aPowerCutOutsideOfAnyWriteSpoilsNothing() throws IOException {
    DiskFile file = durableFile();
    write(file, 0, "forced");
    file.force();

    machine.powerCut(0, 1);

    assertThat(read(machine.mount().open(FILE), 0, 6)).isEqualTo("forced");
    assertThat(machine.counts().sectorsSpoilt).isZero();
  }

  @Test
  void aNameIsDurableOnlyWhenItsDirectoryWasSynced() throws IOException {
    DiskFile file = disk.create(FILE);
    write(file, 0, "content");
    file.force();

    machine.powerCut(0);

    assertThat(machine.mount().exists(FILE)).isFalse();
  }

  @Test
  void directoryEntriesSurviveIndependently() throws IOException {
    Set<List<String>> seen = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      machine = new SimulatedDisk(new Prng(seed), later);
      disk = machine.mount();
      disk.createDirectories(DIR);
      disk.create(FILE);
      disk.create(DIR.resolve("b"));
      machine.powerCut(0.5);
      seen.add(machine.mount().list(DIR));
    }

    assertThat(seen)
        .containsExactlyInAnyOrder(List.of(), List.of("a"), List.of("b"), List.of("a", "b"));
  }

  @Test
  void aRenameIsAllOrNothingAndKeepsWhatWasReplacedUntilThen() throws IOException {
    Path fresh = DIR.resolve("fresh");
    for (int survival = 0; survival <= 1; survival++) {
      machine = new SimulatedDisk(new Prng(5), later);
      disk = machine.mount();
      disk.createDirectories(DIR);
      write(disk.create(FILE), 0, "old");
      write(disk.create(fresh), 0, "new");
      disk.open(FILE).force();
      disk.open(fresh).force();
      disk.syncDirectory(DIR);
      disk.rename(fresh, FILE);

      assertThat(read(disk.open(FILE), 0, 3)).isEqualTo("new");
      DiskFile after = afterPowerCut(survival);

      assertThat(read(after, 0, 3)).isEqualTo(survival == 1 ? "new" : "old");
      assertThat(disk.exists(fresh)).isEqualTo(survival == 0);
    }
  }

  @Test
  void aFileFilledWithZerosIsReadAsSuchAndTakesItsLengthWithTheForce() throws IOException {
    DiskFile file = durableFile();
    file.write(ByteBuffer.allocate(1 << 20), 0);

    assertThat(file.size()).isEqualTo(1 << 20);
    assertThat(read(file, (1 << 20) - 3, 10)).isEqualTo("\0\0\0");
    file.force();

    assertThat(afterPowerCut(0).size()).isEqualTo(1 << 20);
  }

  @Test
  void aLockIsRefusedWithItsHolderUntilTheProcessIsGone() throws IOException {
    Path lock = DIR.resolve("LOCK");
    disk.lock(lock, "pid 7");

    assertThatThrownBy(() -> disk.lock(lock, "pid 8")).hasMessageContaining("pid 7");
    machine.processCrash();

    machine.mount().lock(lock, "pid 9").close();
  }

  @Test
  void aDeadProcessReachesNothing() throws IOException {
    ProcessDisk process = machine.mount();
    DiskFile file = process.create(FILE);

    process.die();

    assertThatThrownBy(() -> write(file, 0, "late")).isInstanceOf(ProcessDied.class);
    assertThatThrownBy(() -> process.list(DIR)).isInstanceOf(ProcessDied.class);
    assertThat(machine.mount().open(FILE).size()).isZero();
  }

  @Test
  void anArmedProcessDiesAroundThatChange() throws IOException {
    Set<Long> sizes = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      machine = new SimulatedDisk(new Prng(seed), later);
      ProcessDisk process = machine.mount();
      process.createDirectories(DIR);
      DiskFile file = process.create(FILE);
      List<String> deaths = new ArrayList<>();
      process.arm(2, () -> deaths.add("died"));

      write(file, 0, "survives");
      ByteBuffer two = ByteBuffer.allocate(1024);
      assertThatThrownBy(() -> file.write(two, 512)).isInstanceOf(ProcessDied.class);

      assertThat(deaths).containsExactly("died");
      sizes.add(machine.mount().open(FILE).size());
    }

    assertThat(sizes).containsExactlyInAnyOrder(8L, 1024L, 1536L);
  }

  @Test
  void theCopyOfTheDiskAloneShowsWhatAPowerCutMayLeave() throws IOException {
    DiskFile file = durableFile();
    write(file, 0, "forced");
    file.force();
    write(file, 0, "cached");
    disk.create(DIR.resolve("b"));

    Disk copy = machine.onDisk(new Prng(9)).mount();

    assertThat(copy.list(DIR)).containsExactly("a");
    assertThat(read(copy.open(FILE), 0, 6)).isEqualTo("forced");
    assertThat(read(file, 0, 6)).isEqualTo("cached");
  }

  @Test
  void namesAreListedInOrderWithDirectories() throws IOException {
    disk.create(DIR.resolve("b"));
    disk.create(FILE);
    disk.createDirectories(DIR.resolve("ab"));

    assertThat(disk.list(DIR)).containsExactly("a", "ab", "b");
    assertThat(disk.exists(DIR.resolve("ab"))).isTrue();
    assertThat(disk.list(Path.of("/nowhere"))).isEmpty();
  }
}
