package io.bowline.raft.client;

import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;

/** A session on the replicated side: numbers commands and knows which are still unanswered. */
final class Session {
  private final long id;
  private final SessionKey key;
  private final int window;
  private final CallWindow unanswered = new CallWindow();

  /** {@code window}: how far the highest sequence may be ahead of the lowest unanswered one. */
  Session(long id, SessionKey key, int window) {
    this.id = id;
    this.key = key;
    this.window = window;
  }

  long id() {
    return id;
  }

  boolean hasRoom() {
    return unanswered.next() - unanswered.lowest() < window;
  }

  void number(Call call) {
    call.session = this;
    call.sequence = unanswered.add(call);
  }

  /** Answered or given up: its reply is not wanted any more. */
  void ended(Call call) {
    unanswered.remove(call.sequence);
  }

  SessionHeader header(Call call) {
    return new SessionHeader(id, key, call.sequence, unanswered.lowest());
  }

  SessionHeader closingHeader() {
    return new SessionHeader(id, key, unanswered.next(), unanswered.lowest());
  }
}
