package io.bowline.raft.client;

import org.jspecify.annotations.Nullable;

/** Calls in the order of their deadlines, which is the order they came in; O(1) to leave. */
final class CallList {
  private @Nullable Call first;
  private @Nullable Call last;

  @Nullable Call first() {
    return first;
  }

  boolean isEmpty() {
    return first == null;
  }

  void add(Call call) {
    Call before = last;
    call.previous = before;
    if (before == null) {
      first = call;
    } else {
      before.next = call;
    }
    last = call;
  }

  void remove(Call call) {
    Call before = call.previous;
    Call after = call.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    call.previous = null;
    call.next = null;
  }
}
