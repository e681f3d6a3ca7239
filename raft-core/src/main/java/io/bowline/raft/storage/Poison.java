package io.bowline.raft.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * After a failed write or force nothing more is written: what the page cache shows and what the
 * disk holds are no longer known to agree, and only a restart with full recovery opens the
 * directory again (STORAGE D-e).
 */
final class Poison {
  private volatile @Nullable IOException first;

  /** Notes the first failure; returns what to complete with. */
  IOException by(IOException failure) {
    if (first == null) {
      first = failure;
    }
    return failure;
  }

  boolean isSet() {
    return first != null;
  }

  /** Whether it refused a write, completing it. */
  boolean refuses(Completion done) {
    IOException cause = first;
    if (cause == null) {
      return false;
    }
    done.completed(
        StorageException.lasting(
            "an earlier write failed (" + cause.getMessage() + "): restart to recover", cause));
    return true;
  }
}
