package io.bowline.raft.model;

/** Why something was certainly not done. */
public sealed interface Refusal {
  /** Whether the same call, later or elsewhere, can succeed. */
  boolean retryable();

  /** A bound was reached: which, what it allows, and what it holds now. */
  record Overloaded(String limit, long allowed, long now) implements Refusal {
    @Override
    public boolean retryable() {
      return true;
    }
  }

  /** This node does not lead, or leads and is not ready for this yet. */
  record NotLeader() implements Refusal {
    @Override
    public boolean retryable() {
      return true;
    }
  }

  /** It was appended, but another leader's entry was committed in its place (§5.4). */
  record Overwritten() implements Refusal {
    @Override
    public boolean retryable() {
      return true;
    }
  }

  /** No room for another segment (STORAGE D-e); served again when there is. */
  record DiskFull(String detail) implements Refusal {
    @Override
    public boolean retryable() {
      return true;
    }
  }

  /** The deadline passed before it was sent anywhere or read anything. */
  record TimedOut(String detail) implements Refusal {
    @Override
    public boolean retryable() {
      return true;
    }
  }

  /** The session is not known any more, and this command was never sent before. */
  record SessionExpired(long session) implements Refusal {
    @Override
    public boolean retryable() {
      return false;
    }
  }

  /** The node is closed, halted or never served this group. */
  record Closed(String detail) implements Refusal {
    @Override
    public boolean retryable() {
      return false;
    }
  }

  /** The request itself is at fault: a codec threw, a query threw, a command is too large. */
  record Invalid(String detail) implements Refusal {
    @Override
    public boolean retryable() {
      return false;
    }
  }
}
