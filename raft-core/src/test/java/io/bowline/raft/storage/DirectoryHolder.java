package io.bowline.raft.storage;

import java.nio.file.Path;
import java.util.SplittableRandom;

/** A process of its own that has a directory open until its standard input ends. */
final class DirectoryHolder {
  private DirectoryHolder() {}

  public static void main(String[] arguments) throws Exception {
    SegmentedStorage place =
        new SegmentedStorage(
            new FileDisk(), Path.of(arguments[0]), StorageOptions.defaults(), Runnable::run);
    try (RaftStorage storage =
        place.resume(Fixture.CLUSTER, Fixture.GROUP, Fixture.NODE, new SplittableRandom(7))) {
      System.out.println("open " + storage.identity().current());
      while (System.in.read() >= 0) {
        // the test lets go by closing the pipe
      }
    }
  }
}
