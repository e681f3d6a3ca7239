package io.bowline.raft.storage;

import java.io.Closeable;
import java.nio.file.Path;

/** A process of its own that holds a lock until its standard input ends. */
final class LockHolder {
  private LockHolder() {}

  public static void main(String[] arguments) throws Exception {
    try (Closeable lock = new FileDisk().lock(Path.of(arguments[0]), "node n7, group g7")) {
      System.out.println("held " + lock);
      while (System.in.read() >= 0) {
        // the test lets go by closing the pipe
      }
    }
  }
}
