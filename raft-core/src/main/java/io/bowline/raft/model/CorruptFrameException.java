package io.bowline.raft.model;

/** Bytes that should be frames are not: says where and which check failed. */
public final class CorruptFrameException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what is wrong and where. */
  public CorruptFrameException(String message) {
    super(message);
  }
}
