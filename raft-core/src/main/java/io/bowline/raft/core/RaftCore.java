package io.bowline.raft.core;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.Refusal;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node's part in one group, as a function: same inputs, same effects. Routes inputs, holds the
 * rules for all servers, changes roles, answers votes. One thread at a time.
 */
public final class RaftCore {
  private final CoreState state;
  private final MessageGuard guard;
  private Role role;
  private boolean started;

  /**
   * A node as it was recovered; its whole log is durable (STORAGE D-h).
   *
   * @param founding the membership at index 0, with all incarnations; later ones are in the log
   */
  public RaftCore(
      CoreConfig config, Ballot ballot, LogShape log, Membership founding, RandomGenerator random) {
    this.state = new CoreState(config, ballot, log, founding, random);
    this.guard = new MessageGuard(state);
    this.role = new Follower(this, state, null);
  }

  /** Takes one input and adds its effects to the list, in the order in which they must start. */
  public void step(Input input, long nowNanos, List<Effect> effects) {
    state.begin(nowNanos, effects);
    if (!started) {
      started = true;
      role = new Follower(this, state, null); // its patience begins now
    }
    if (input instanceof Input.Receive in) {
      if (!state.isPoisoned()) {
        receive(in.message(), new Peer(in.message().from(), in.sender()), in.ticket());
      }
    } else if (input instanceof Input.Sent in) {
      role.sent(in);
    } else if (input instanceof Input.Durable in) {
      if (!state.isPoisoned()) {
        state.durable(in.write());
        role.durable();
      }
    } else if (input instanceof Input.Propose in) {
      propose(in);
    } else if (input instanceof Input.Read in) {
      read(in);
    } else if (input instanceof Input.Applied in) {
      state.applied(in.time());
    } else if (input instanceof Input.Wake) {
      state.woken();
      if (!state.isPoisoned()) {
        role.wake();
      }
    } else if (input instanceof Input.Connected in) {
      state.streams.connected(in.peer());
      role.connected(in.peer());
    } else if (input instanceof Input.SendFailed in) {
      role.sendFailed(in);
    } else if (input instanceof Input.DiskSpace in) {
      state.diskSpace(in.available());
      role.diskSpace(in.available());
    } else if (input instanceof Input.WriteFailed) {
      poison();
    } else {
      throw new AssertionError("no rule for input " + input);
    }
    state.saveBallot();
    if (!state.isPoisoned()) {
      state.wakeAt(role.wakeAtNanos());
    }
  }

  /** Its term now. */
  public long term() {
    return state.term();
  }

  /** The part it plays now. */
  public NodeRole role() {
    return role.name();
  }

  /** Known to be committed; may lie above what is durable here. */
  public long commitIndex() {
    return state.commitIndex();
  }

  /** Up to here this node's own log is durable, as its entries are now (STORAGE O3). */
  public long durableIndex() {
    return state.durableIndex();
  }

  /** A picture of this node now. */
  public CoreStatus status() {
    return new CoreStatus(
        state.self(),
        role.name(),
        state.term(),
        state.votedFor(),
        role.leader(),
        state.log.last(),
        state.durableIndex(),
        state.commitIndex(),
        state.unhealthy(),
        state.members.effective(),
        role instanceof Leader leader ? leader.peers() : List.of());
  }

  // ---- messages

  /** Figure 2, "Rules for Servers", from top to bottom. */
  private void receive(Message message, Peer sender, long ticket) {
    if (state.members.isRemoved(sender) || guard.refuses(message, sender)) {
      return;
    }
    if (message instanceof Message.PreVote ask) { // asks about a term, claims none
      answerPreVote(ask, sender);
      return;
    }
    if (message instanceof Message.PreVoteReply reply && reply.granted()) { // nobody is there yet
      role.receive(reply, sender);
      return;
    }
    if (message instanceof Message.RequestVote ask && isDisruptive(ask.transfer())) {
      return;
    }
    if (message.term() > state.term()) { // all servers, §5.1
      becomeFollower(message.term(), speaksAsLeader(message) ? sender : null);
    }
    if (message.term() < state.term()) { // receivers' first rule, §5.1
      answerStale(message, sender);
      return;
    }
    // From here on the message speaks for the current term.
    if (message instanceof Message.AppendEntries append) {
      follow(sender).append(append, sender, ticket);
    } else if (message instanceof Message.Heartbeat beat) {
      follow(sender).heartbeat(beat, sender);
    } else if (message instanceof Message.RequestVote ask) {
      answerVote(ask, sender);
    } else {
      role.receive(message, sender);
    }
  }

  /** Only a leader says such a thing. */
  static boolean speaksAsLeader(Message message) {
    return message instanceof Message.AppendEntries || message instanceof Message.Heartbeat;
  }

  /** A message of this term's leader: whoever is no follower yet becomes one (§5.2). */
  private Follower follow(Peer leader) {
    state.leads(leader);
    if (!(role instanceof Follower)) {
      becomeFollower(state.term(), leader);
    }
    Follower follower = (Follower) role;
    follower.hear(leader);
    return follower;
  }

  /** Thesis §4.2.3: a removed or cut off server must not depose a healthy leader. */
  private boolean isDisruptive(boolean transfer) {
    return !transfer && state.config.checkQuorum() && role.hearsLeader();
  }

  /** Thesis §9.6: yes, if the vote would be given; neither term nor vote change. */
  private void answerPreVote(Message.PreVote ask, Peer sender) {
    if (isDisruptive(false)) {
      return;
    }
    boolean granted = ask.term() > state.term() && ask.last().atLeastAsUpToDateAs(state.log.last());
    long term = granted ? ask.term() : state.term();
    state.sendWhenBallotDurable(sender, new Message.PreVoteReply(state.self(), term, granted));
  }

  /** Figure 2, "RequestVote RPC"; whoever asks, for who counts is decided by the one who counts. */
  private void answerVote(Message.RequestVote ask, Peer sender) {
    boolean granted = state.mayVoteFor(sender) && ask.last().atLeastAsUpToDateAs(state.log.last());
    if (granted) {
      state.voteFor(sender);
      if (role instanceof Follower follower) {
        follower.voted();
      } else {
        becomeFollower(state.term(), null);
      }
    }
    state.sendWhenBallotDurable(sender, new Message.VoteReply(state.self(), state.term(), granted));
  }

  /** Tells whomever it would obey that its term is over (identity 14). */
  private void answerStale(Message message, Peer sender) {
    NodeId self = state.self();
    long term = state.term();
    if (message instanceof Message.AppendEntries append) {
      long prev = append.prev().index();
      long last = state.log.lastIndex();
      state.sendWhenBallotDurable(
          sender,
          new Message.AppendReply(self, term, append.session(), false, prev, last, List.of()));
    } else if (message instanceof Message.Heartbeat beat) {
      state.sendWhenBallotDurable(
          sender, new Message.HeartbeatReply(self, term, beat.session(), beat.round()));
    } else if (message instanceof Message.RequestVote) {
      state.sendWhenBallotDurable(sender, new Message.VoteReply(self, term, false));
    }
  }

  // ---- clients

  private void propose(Input.Propose proposal) {
    if (role instanceof Leader leader) {
      leader.propose(proposal);
    } else {
      state.refuse(proposal.ticket(), new Refusal.NotLeader());
    }
  }

  private void read(Input.Read read) {
    if (role instanceof Leader leader) {
      leader.read(read);
    } else {
      state.refuse(read.ticket(), new Refusal.NotLeader());
    }
  }

  // ---- roles

  /** The timeout has passed (§5.2). */
  void campaign() {
    Candidate candidate = new Candidate(this, state);
    become(candidate);
    candidate.begin();
  }

  void becomeLeader() {
    Leader leader = new Leader(this, state);
    state.leads(state.selfPeer());
    become(leader);
    leader.begin();
  }

  /** Enters the term if it is a later one. */
  void becomeFollower(long term, @Nullable Peer leader) {
    role.end();
    if (term > state.term()) {
      state.enterTerm(term);
    }
    if (leader != null) {
      state.leads(leader);
    }
    become(new Follower(this, state, leader));
  }

  private void become(Role next) {
    role = next;
    state.tell(role);
  }

  /** STORAGE D-e: from now on no acknowledgement, no vote, no commit; a leader makes room. */
  private void poison() {
    state.poison();
    becomeFollower(state.term(), null);
  }
}
