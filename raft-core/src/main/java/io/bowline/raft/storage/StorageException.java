package io.bowline.raft.storage;

import java.io.IOException;

/** What is on disk cannot be used: says file, offset, indexes and the way out. */
public final class StorageException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Where an operator reads on: what every refusal to start ends with. */
  static final String WAYS_OUT = "Ways out: docs/operations/damaged-log.md";

  /** The same, where a directory may be a copy of another one. */
  static final String COPIES = "Ways out: docs/operations/copies.md";

  private final boolean retryable;

  /** With all of it in the message. */
  public StorageException(String message) {
    super(message);
    retryable = false;
  }

  /** With the error that the disk gave. */
  public StorageException(String message, Throwable cause) {
    super(message, cause);
    retryable = cause instanceof IOException error && DiskError.waits(error);
  }

  private StorageException(String message, Throwable cause, boolean retryable) {
    super(message, cause);
    this.retryable = retryable;
  }

  /** Of an error that no later call makes good, whatever it was. */
  static StorageException lasting(String message, Throwable cause) {
    return new StorageException(message, cause, false);
  }

  /** The same, unless the error says it all already. */
  static StorageException of(String what, IOException cause) {
    return cause instanceof StorageException said
        ? said
        : new StorageException(what + " (" + DiskError.told(cause) + ")", cause);
  }

  /**
   * Whether the same call can succeed later: the disk lacked room or the process descriptors, and
   * what is on disk is not to blame.
   */
  public boolean retryable() {
    return retryable;
  }
}
