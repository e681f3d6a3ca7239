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

  /** The group is not founded here yet: for whom it waits (identity 6). */
  record NotFounded(String detail) implements Refusal {
    @Override
    public boolean retryable() {
      return true;
    }
  }

  /** The node is closed, halted or never served this group. */
  record Closed(String detail) implements Refusal {
    @Override
    public boolean retryable() {
      return false;
    }
  }

  /** No such group is served there, now; another node may. */
  record NotServed(String detail) implements Refusal {
    @Override
    public boolean retryable() {
      return true;
    }
  }

  /**
   * The group there is another one of the same name: it was founded anew, and knows nothing of what
   * the caller was told before. Look at the group first; a new client takes it as it is.
   *
   * @param asked the founding that the caller has met before
   * @param here the one that answers
   */
  record OtherFounding(FoundingId asked, FoundingId here) implements Refusal {
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
