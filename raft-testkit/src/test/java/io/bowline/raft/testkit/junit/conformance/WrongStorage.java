package io.bowline.raft.testkit.junit.conformance;

import java.util.Set;
import java.util.function.Supplier;

/**
 * A storage that breaks one rule on purpose.
 *
 * @param what it does wrong
 * @param seenBy the tests of the kit that must refuse it; all others must let it pass
 */
record WrongStorage(String what, Supplier<StorageMedium> medium, Set<String> seenBy) {
  static WrongStorage of(String what, Supplier<StorageMedium> medium, String... seenBy) {
    return new WrongStorage(what, medium, Set.of(seenBy));
  }

  @Override
  public String toString() {
    return what;
  }
}
