package io.bowline.raft.storage;

import java.io.IOException;

/** What is on disk cannot be used: says file, offset, indexes and the way out. */
public final class StorageException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Where an operator reads on: what every refusal to start ends with. */
  static final String WAYS_OUT = "Ways out: docs/operations/damaged-log.md";

  /** With all of it in the message. */
  public StorageException(String message) {
    super(message);
  }

  /** With the error that the disk gave. */
  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
