package io.bowline.raft.testkit;

import org.jspecify.annotations.Nullable;

/** What foreign code throws: whatever its signature says, any of these may come. */
public enum Thrown {
  /** What everybody expects. */
  RUNTIME_EXCEPTION,
  /** A checked exception, past the compiler where the signature has none. */
  CHECKED_EXCEPTION,
  /** As a class that is not there, or an assertion. */
  ERROR,
  /** No memory: nothing that it has passed through can be believed. */
  OUT_OF_MEMORY;

  /** By which it is known again, in the reason of a halt too. */
  static final String TEXT = "thrown by foreign code in the simulation";

  private static final class Checked extends Exception {
    private static final long serialVersionUID = 1L;

    Checked() {
      super(TEXT, null, false, false);
    }
  }

  /** Throws it from the caller. */
  void spring() {
    switch (this) {
      case RUNTIME_EXCEPTION -> throw new IllegalStateException(TEXT);
      case CHECKED_EXCEPTION -> Thrown.<RuntimeException>pastTheCompiler(new Checked());
      case ERROR -> throw new NoSuchMethodError(TEXT);
      case OUT_OF_MEMORY -> throw new OutOfMemoryError(TEXT);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler is to be deceived
  private static <X extends Throwable> void pastTheCompiler(Throwable checked) throws X {
    throw (X) checked;
  }

  /** Whether it is one of these, or was caused by one. */
  static boolean isForeign(@Nullable Throwable thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (TEXT.equals(at.getMessage())) {
        return true;
      }
    }
    return false;
  }
}
