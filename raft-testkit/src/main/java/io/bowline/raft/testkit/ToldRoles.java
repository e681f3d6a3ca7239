package io.bowline.raft.testkit;

import io.bowline.raft.model.Message;

/** What each node is, as its messages show; tells an observer of each change. */
final class ToldRoles {
  private final Simulation simulation;
  private final String[] roles;
  private final long[] terms;

  ToldRoles(Simulation simulation, int nodes) {
    this.simulation = simulation;
    this.roles = new String[nodes];
    this.terms = new long[nodes];
  }

  void started(int slot, long term) {
    roles[slot] = "";
    terms[slot] = 0;
    is(slot, "FOLLOWER", term);
  }

  void is(int slot, String role, long term) {
    if (term > terms[slot] || (term == terms[slot] && !role.equals(roles[slot]))) {
      roles[slot] = role;
      terms[slot] = term;
      simulation.observer().role(simulation.now(), slot, role, term);
    }
  }

  /** A message says in which term its sender is, and often as what. */
  void sent(int from, Message message) {
    if (message instanceof Message.RequestVote) {
      is(from, "CANDIDATE", message.term());
    } else if (message instanceof Message.AppendReply
        || message instanceof Message.HeartbeatReply
        || (message instanceof Message.VoteReply reply && reply.granted())) {
      is(from, "FOLLOWER", message.term());
    } else if (message instanceof Message.VoteReply && message.term() > terms[from]) {
      is(from, "FOLLOWER", message.term());
    }
  }
}
