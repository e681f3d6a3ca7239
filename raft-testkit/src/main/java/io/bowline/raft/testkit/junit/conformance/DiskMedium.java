package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.StorageProvider;
import io.bowline.raft.testkit.Prng;
import io.bowline.raft.testkit.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A storage over the simulated disk, process after process. */
final class DiskMedium implements StorageMedium {
  private static final int PAGE = 4096;

  private final Function<Disk, StorageProvider> place;
  private final SimulatedDisk disk;
  private final List<StruckDisk> living = new ArrayList<>();

  DiskMedium(Function<Disk, StorageProvider> place, long seed) {
    this.place = place;
    this.disk = SimulatedDisk.alone(new Prng(seed));
    disk.writeUnit(new Prng(seed).split("unit").nextBoolean() ? PAGE : 1);
  }

  /** Another disk, empty, for the same storage. */
  DiskMedium another(long seed) {
    return new DiskMedium(place, seed);
  }

  @Override
  public StorageProvider process() {
    return process(Strike.NEVER);
  }

  /** A process that this strike will meet. */
  StorageProvider process(Strike strike) {
    StruckDisk process = new StruckDisk(disk);
    process.arm(strike);
    living.add(process);
    return place.apply(process);
  }

  /** The process that was started last. */
  StruckDisk current() {
    return living.get(living.size() - 1);
  }

  void full(boolean isFull) {
    disk.full(isFull);
  }

  @Override
  public boolean survivesKill() {
    return true;
  }

  @Override
  public boolean survivesPowerCut() {
    return true;
  }

  @Override
  public void killProcess() {
    dieAll();
    disk.processCrash();
  }

  @Override
  public void powerCut() {
    powerCut(0);
  }

  /** Of what was not made durable each sector and name survives with that probability. */
  void powerCut(double survival) {
    dieAll();
    disk.powerCut(survival);
  }

  private void dieAll() {
    living.forEach(StruckDisk::die);
    living.clear();
  }
}
