package io.bowline.raft.model;

/** How fresh a read must be; some modes will carry a value. */
public sealed interface ReadMode {
  /** By read index: one quorum round after the read arrived confirms it (thesis §6.4). */
  record Linearizable() implements ReadMode {}

  /** The default. */
  static ReadMode linearizable() {
    return new Linearizable();
  }
}
