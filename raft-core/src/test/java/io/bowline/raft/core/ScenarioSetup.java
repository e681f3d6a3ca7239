package io.bowline.raft.core;

import io.bowline.raft.model.Ballot;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.LogShape;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.NodeRole;
import io.bowline.raft.model.RecordText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Brings a core to where a scenario begins, by inputs only: {@code n1 leader of n1 n2 n3, term 4,
 * log 1@1 2@2 3@4, durable 3, commit 1}. Election timeouts are drawn as t. A member nX has the
 * incarnation X, unless another is told.
 *
 * <ul>
 *   <li>{@code follower}: {@code leader n2} was heard now, in session 1; {@code verified 3} (or the
 *       commit index) is as far as its entries matched; {@code voted n2}.
 *   <li>{@code pre-candidate}, {@code candidate}: has just asked all; {@code ballot pending}.
 *   <li>{@code leader}: was elected now, in session 1 and round 1; its first own entry is the
 *       no-op; each peer replicates, was sent all and has matched 0 or what {@code match n2=3}
 *       says; with {@code probing} none has answered its first probe.
 *   <li>{@code durable 2}: what stands behind is written and not durable yet; else all is.
 *   <li>{@code with preVote=false}: components of {@link CoreConfig} that are not as usual.
 * </ul>
 */
final class ScenarioSetup {
  private static final Pattern FIRST =
      Pattern.compile("(\\S+) (follower|pre-candidate|candidate|leader) of (.+)");
  private static final String USUAL =
      "CoreConfig heartbeatNanos=100ms electionTimeoutNanos=1s maxInflightBytes=1000"
          + " maxInflightMessages=4 maxBatchBytes=400 maxUncommittedBytes=1000 maxWaitingReads=10"
          + " preVote=true checkQuorum=true ";

  private final Map<String, String> options = new HashMap<>();
  private final String role;
  private final NodeId self;
  private final Membership members;
  private final long term;
  private final EntryBatch log;
  private final ScenarioWorld world;

  /** Write numbers by the last index of what they wrote. */
  private final TreeMap<Long, Long> logWrites = new TreeMap<>();

  private long ballotWrite;

  private ScenarioSetup(String text) {
    String[] parts = text.split(", *", -1);
    Matcher first = FIRST.matcher(parts[0]);
    if (!first.matches()) {
      throw new IllegalArgumentException("'" + parts[0] + "' is not: n1 leader of n1 n2 n3");
    }
    for (int i = 1; i < parts.length; i++) {
      String[] words = parts[i].split(" ", 2);
      options.put(words[0], words.length == 1 ? "" : words[1]);
    }
    self = NodeId.of(first.group(1));
    role = first.group(2);
    members = members(first.group(3));
    term = number("term", 1);
    log = entries(option("log", ""));
    world = new ScenarioWorld(core());
  }

  static ScenarioWorld world(String text) {
    ScenarioSetup setup = new ScenarioSetup(text);
    setup.go();
    long commit = setup.world.status().commitIndex();
    if (commit != setup.number("commit", commit)) {
      throw new IllegalArgumentException("commit is " + commit + " after: " + text);
    }
    return setup.world;
  }

  // ---- reading

  private String option(String name, String otherwise) {
    return options.getOrDefault(name, otherwise);
  }

  private long number(String name, long otherwise) {
    return Long.parseLong(option(name, "" + otherwise));
  }

  private Membership members(String text) {
    Effect read = RecordText.read("MembershipChanged membership={" + text + "}", Effect.class);
    Membership membership = ((Effect.MembershipChanged) read).membership();
    List<Member> named =
        membership.members().stream()
            .map(m -> m.peer() != null ? m : m.named(ScenarioWorld.incarnationOf(m.id())))
            .toList();
    return new Membership(named, membership.settings());
  }

  private static EntryBatch entries(String text) {
    if (text.isEmpty()) {
      return EntryBatch.EMPTY;
    }
    Message read =
        RecordText.read(
            "AppendEntries entries=" + text.replaceAll(" (?=\\d+@)", "+"), Message.class);
    return ((Message.AppendEntries) read).entries();
  }

  private RaftCore core() {
    String own = "self=" + self + " incarnation=" + ScenarioWorld.incarnationOf(self) + " ";
    String voted = option("voted", "");
    boolean willCampaign = role.equals("candidate") || role.equals("leader");
    Ballot ballot =
        new Ballot(
            willCampaign ? term - 1 : term,
            voted.isEmpty() ? null : ScenarioWorld.peerOf(NodeId.of(voted)));
    return new RaftCore(
        RecordText.read(USUAL + own + option("with", ""), CoreConfig.class),
        ballot,
        recovered(),
        members,
        () -> 0);
  }

  private LogShape recovered() {
    long end = role.equals("leader") ? ownFrom() - 1 : number("durable", last());
    if (end == 0) {
      return LogShape.EMPTY;
    }
    EntryBatch kept = log.range(1, end);
    return new LogShape(EntryId.ZERO, kept.termRuns(), kept.memberships(), kept.lastTime());
  }

  private EntryId idAt(long index) {
    return index == 0 ? EntryId.ZERO : new EntryId(index, log.termAt(index));
  }

  private long last() {
    return log.isEmpty() ? 0 : log.lastIndex();
  }

  /** The first entry of a leader's own term. */
  private long ownFrom() {
    long index = last() + 1;
    while (index > 1 && log.termAt(index - 1) == term) {
      index--;
    }
    return index;
  }

  // ---- the ways to a beginning

  private void go() {
    step(new Input.Wake());
    if (role.equals("follower")) {
      follow();
    } else {
      campaign();
    }
    if (role.equals("leader")) {
      lead();
    }
    long durable = number("durable", Long.MAX_VALUE);
    Map.Entry<Long, Long> write = logWrites.floorEntry(durable);
    long base = options.containsKey("ballot") ? 0 : ballotWrite;
    world.begin(write == null ? base : Math.max(base, write.getValue()));
  }

  private void follow() {
    String leader = option("leader", "");
    if (!leader.isEmpty()) {
      append(leader, term, number("verified", number("commit", 0)), EntryBatch.EMPTY);
      long durable = number("durable", last());
      if (durable < last()) {
        append(leader, term, durable, log.range(durable + 1, last()));
      }
    }
  }

  private void append(String leader, long leaderTerm, long prev, EntryBatch entries) {
    receive(
        new Message.AppendEntries(
            NodeId.of(leader), leaderTerm, 1, idAt(prev), entries, number("commit", 0)));
  }

  private void campaign() {
    long commit = number("commit", 0);
    if (commit > 0 && commit < ownFrom()) {
      append(other(0).value(), term - 1, commit, EntryBatch.EMPTY);
    }
    if (world.status().role() == NodeRole.FOLLOWER) {
      world.advance(1_000_000_000);
      step(new Input.Wake());
    }
    if (role.equals("pre-candidate")) {
      return;
    }
    for (int i = 0; world.status().term() < term; i++) {
      receive(new Message.PreVoteReply(other(i), term, true));
    }
    if (!options.containsKey("ballot")) {
      step(new Input.Durable(ballotWrite));
    }
    for (int i = 0; role.equals("leader") && world.status().role() != NodeRole.LEADER; i++) {
      receive(new Message.VoteReply(other(i), term, true));
    }
  }

  private void lead() {
    if (!options.containsKey("probing")) {
      for (int i = 0; i < members.members().size() - 1; i++) {
        matched(other(i), 0);
      }
    }
    while (world.status().last().index() < last()) {
      step(new Input.Propose(0, 1, 0));
    }
    Map.Entry<Long, Long> durable = logWrites.floorEntry(number("durable", Long.MAX_VALUE));
    if (durable != null) {
      step(new Input.Durable(durable.getValue()));
    }
    for (String match : option("match", "").split(" ", 0)) {
      if (!match.isEmpty()) {
        int sign = match.indexOf('=');
        matched(NodeId.of(match.substring(0, sign)), Long.parseLong(match.substring(sign + 1)));
      }
    }
  }

  private void matched(NodeId peer, long index) {
    receive(new Message.AppendReply(peer, term, 1, true, index, index, List.of()));
  }

  private NodeId other(int i) {
    List<NodeId> others =
        members.members().stream().map(Member::id).filter(id -> !id.equals(self)).toList();
    return others.get(i);
  }

  private void receive(Message message) {
    step(new Input.Receive(message, ScenarioWorld.incarnationOf(message.from()), 1));
  }

  /** One step; whatever is to be sent goes out at once. */
  private void step(Input input) {
    for (Effect effect : world.step(input)) {
      if (effect instanceof Effect.SaveBallot e) {
        ballotWrite = e.write();
      } else if (effect instanceof Effect.Append e) {
        logWrites.put(e.first().index() + e.count() - 1, e.write());
      } else if (effect instanceof Effect.AppendOwn e) {
        logWrites.put(e.id().index(), e.write());
      } else if (effect instanceof Effect.SendEntries e) {
        long sent = world.status().last().index();
        step(new Input.Sent(e.to(), e.session(), sent, 0));
      }
    }
  }
}
