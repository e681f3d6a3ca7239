package io.bowline.raft.founding;

import io.bowline.raft.model.Founding;
import io.bowline.raft.model.FoundingStatus;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How one directory takes part in the founding of its group (identity 1 to 10). What peers say goes
 * in, what is to be done comes out; one write at a time. When it is complete it still tells who is
 * of another founding. Open for extension in this package only: a test takes rules out.
 */
public class Founder {
  private final NodeId self;
  private final Membership list;
  private final long listenUntilNanos;
  private final Map<NodeId, PeerView> peers = new TreeMap<>();
  private final Connected connected;

  private DirectoryState state;
  private @Nullable Founding writing;
  private @Nullable String staysOut;
  private @Nullable NodeId twin;
  private long lastNumber;
  private long nowNanos;

  /**
   * Of one start of a directory.
   *
   * @param state what it says of itself, its stored founding included
   * @param list what it was bootstrapped with; of a directory that has joined, its founding record
   * @param listensFirst whether a single member makes sure first that its group is nowhere else
   */
  public Founder(
      NodeId self,
      DirectoryState state,
      Membership list,
      boolean listensFirst,
      long nowNanos,
      long electionTimeoutNanos) {
    if (list.member(self) == null || list.listHash() != state.listHash()) {
      throw new IllegalArgumentException(
          "the list of " + self + " is not what its directory says of itself: " + list);
    }
    this.self = self;
    this.state = state;
    this.list = list;
    this.nowNanos = nowNanos;
    boolean listens = listensFirst && list.members().size() == 1;
    this.listenUntilNanos = listens ? nowNanos + 2 * electionTimeoutNanos : nowNanos;
    this.connected = new Connected(self, state.incarnation());
  }

  /** What is to be said of this directory in each hello and answer: what is durable, no more. */
  public DirectoryState state() {
    return state;
  }

  /** Whether it is complete, durably. */
  public boolean isComplete() {
    return state.founding().isComplete();
  }

  /** A number for a hello of the runtime's own, as on streams for entries. */
  public long nextNumber() {
    return ++lastNumber;
  }

  /** Whether messages may pass, as far as the founding is concerned. */
  public boolean passes(DirectoryState theirs) {
    return isComplete()
        && theirs.founding().isComplete()
        && Records.same(theirs.founding().record(), state.founding().record());
  }

  /** The first input: what can be done without anybody. */
  public List<Act> start() {
    List<Act> acts = new ArrayList<>();
    if (isSingle() && !isComplete() && nowNanos - listenUntilNanos < 0) {
      acts.add(new Act.WakeAt(listenUntilNanos));
    }
    decide(acts);
    return acts;
  }

  /** A control stream that this host has dialled may carry the group, or may be asked again. */
  public List<Act> linkOpened(GroupLink link) {
    PeerView peer = peers.computeIfAbsent(link.peer(), id -> new PeerView());
    peer.link = link;
    List<Act> acts = new ArrayList<>();
    if (isComplete()) {
      greet(peer, acts);
    } else {
      greetAll(acts);
    }
    return acts;
  }

  /** A stream is gone, or carries the group no more. */
  public List<Act> linkClosed(GroupLink link) {
    connected.closed(link);
    PeerView peer = view(link.peer());
    if (link.equals(peer.link)) {
      peer.link = null;
      peer.answer = null;
    }
    List<Act> acts = new ArrayList<>();
    noteTwins(acts);
    decide(acts);
    return acts;
  }

  /** A hello came, on any stream: what it says counts only once it is asked (identity 5). */
  public List<Act> heard(GroupLink link, DirectoryState theirs) {
    List<Act> acts = new ArrayList<>();
    PeerView peer = view(link.peer());
    boolean isNews = !theirs.equals(peer.known);
    judge(link, peer, theirs, acts);
    if (isNews && !isComplete()) {
      greet(peer, acts); // what it answered, or will answer to an older hello, may be out of date
    }
    decide(acts);
    return acts;
  }

  /** An answer came to a hello of that number. */
  public List<Act> answered(GroupLink link, long number, DirectoryState theirs) {
    List<Act> acts = new ArrayList<>();
    PeerView peer = view(link.peer());
    if (counts(peer, link, number)) {
      peer.answer = judge(link, peer, theirs, acts) ? theirs : null;
      decide(acts);
    }
    return acts;
  }

  /** What {@link Act.Write} asked for is durable. */
  public List<Act> written() {
    Founding durable = writing;
    if (durable == null) {
      throw new IllegalStateException("nothing is being written");
    }
    writing = null;
    state =
        new DirectoryState(
            state.incarnation(),
            state.start(),
            durable,
            state.listHash(),
            state.featureLevel(),
            state.address());
    List<Act> acts = new ArrayList<>();
    if (durable.isComplete() && durable.record() != null) {
      acts.add(new Act.Completed(durable.record()));
    } else if (staysOut != null) { // heard of while the write was on its way
      acts.add(new Act.StayOut(staysOut));
    }
    greetAll(acts);
    decide(acts);
    return acts;
  }

  /** What a single member waits for (identity 10). */
  public List<Act> time(long now) {
    nowNanos = now;
    List<Act> acts = new ArrayList<>();
    decide(acts);
    return acts;
  }

  /** For operators: how far it is, and for whom it waits. */
  public FoundingStatus status() {
    List<FoundingStatus.Standing> others = new ArrayList<>();
    for (Member member : list.members()) {
      if (!member.id().equals(self)) {
        others.add(standing(member.id()));
      }
    }
    String stopped = staysOut;
    if (stopped == null && twin != null) {
      stopped = "two directories of " + twin + ": " + connected.addresses(twin);
    }
    Founding founding = state.founding();
    return new FoundingStatus(founding.state(), founding.id(), others, stopped);
  }

  // Rules 7 to 9: presence, and who is refused

  /** Notes who is there; returns whether an answer of it may be held. */
  private boolean judge(GroupLink link, PeerView peer, DirectoryState theirs, List<Act> acts) {
    peer.known = theirs;
    peer.hasOtherList = false;
    connected.said(link, theirs);
    noteTwins(acts);
    Membership record = theirs.founding().record();
    if (isComplete()) {
      Membership mine = state.founding().record();
      if (theirs.founding().isComplete() && !Records.same(record, mine)) {
        acts.add(new Act.Refuse(link, Reasons.anotherFounding(self, state, link.peer(), theirs)));
      }
      return false;
    }
    if (theirs.founding().isComplete() && record != null && !namesMe(record)) {
      if (staysOut == null) {
        staysOut = Reasons.foundedWithout(self, state, link, theirs);
        if (writing == null) {
          acts.add(new Act.StayOut(staysOut));
        }
      }
      return false;
    }
    boolean isOfRecord = theirs.founding().isComplete();
    long otherHash = isOfRecord && record != null ? record.listHash() : theirs.listHash();
    if (otherHash != state.listHash()) {
      peer.hasOtherList = true;
      acts.add(new Act.Refuse(link, Reasons.otherList(self, list, link.peer(), otherHash)));
      return false;
    }
    return true;
  }

  private void noteTwins(List<Act> acts) {
    NodeId found = connected.twin();
    if (found != null && !found.equals(twin) && !isComplete()) {
      acts.add(new Act.Twins(found, connected.addresses(found)));
    }
    twin = found;
  }

  // Rules 2 to 5 and 10: what is written

  private void decide(List<Act> acts) {
    if (writing != null || isComplete() || twin != null) {
      return;
    }
    Founding next = next();
    if (next != null) {
      writing = next;
      acts.add(new Act.Write(next));
    }
  }

  private @Nullable Founding next() {
    for (PeerView peer : peers.values()) {
      DirectoryState answer = peer.answer;
      if (answer != null && answer.founding().isComplete()) { // held only if it names me
        return answer.founding();
      }
    }
    if (staysOut != null || nowNanos - listenUntilNanos < 0) {
      return null;
    }
    Membership mine = state.founding().record();
    if (mine != null && allHaveWritten(mine)) {
      return Founding.complete(mine);
    }
    Membership record = proposed(list.members().get(0).id());
    if (record == null || (mine != null && Records.sameDirectories(record, mine))) {
      return null;
    }
    return isSingle() ? Founding.complete(record) : Founding.written(record);
  }

  /** The barrier before the first vote (identity 4). */
  boolean allHaveWritten(Membership record) {
    for (Member member : record.members()) {
      if (!member.id().equals(self)) {
        DirectoryState answer = view(member.id()).answer;
        if (answer == null
            || !answer.incarnation().equals(member.incarnation())
            || !Records.same(answer.founding().record(), record)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether it answers the newest hello to this peer (identity 5). */
  boolean counts(PeerView peer, GroupLink link, long number) {
    return link.equals(peer.link) && number == peer.number;
  }

  /** The first member's own, or what it has said: nobody else makes records (identity 2, 3). */
  @Nullable Membership proposed(NodeId first) {
    return first.equals(self) ? made() : taken(first);
  }

  /** The record of just those that have answered, if all have (identity 2). */
  final @Nullable Membership made() {
    List<Member> members = new ArrayList<>();
    int level = state.featureLevel();
    for (Member member : list.members()) {
      DirectoryState one = member.id().equals(self) ? state : view(member.id()).answer;
      if (one == null) {
        return null;
      }
      level = Math.min(level, one.featureLevel());
      members.add(
          new Member(
              member.id(),
              one.incarnation(),
              member.address(),
              member.role(),
              member.priority(),
              one.featureLevel()));
    }
    return new Membership(members, list.settings().withFeatureLevel(level));
  }

  /** The record in the first one's answer, if it is of this list and names me (identity 3). */
  final @Nullable Membership taken(NodeId first) {
    DirectoryState answer = view(first).answer;
    Membership record = answer == null ? null : answer.founding().record();
    boolean isForMe =
        record != null
            && namesMe(record)
            && Records.namesAll(record)
            && record.listHash() == state.listHash();
    return isForMe ? record : null;
  }

  private boolean namesMe(Membership record) {
    Member mine = record.member(self);
    return mine != null && state.incarnation().equals(mine.incarnation());
  }

  private boolean isSingle() {
    return list.members().size() == 1;
  }

  // Hellos

  /** Older answers count no more: each is asked again for (identity 5). */
  private void greetAll(List<Act> acts) {
    for (PeerView peer : peers.values()) {
      greet(peer, acts);
    }
  }

  private void greet(PeerView peer, List<Act> acts) {
    peer.answer = null;
    if (peer.link != null) {
      peer.number = nextNumber();
      acts.add(new Act.Greet(peer.link, peer.number));
    }
  }

  /** Of strangers nothing is kept, for they may come under any number of names. */
  private PeerView view(NodeId id) {
    PeerView known = peers.get(id);
    if (known == null) {
      known = new PeerView();
      if (list.member(id) != null) {
        peers.put(id, known);
      }
    }
    return known;
  }

  private FoundingStatus.Standing standing(NodeId id) {
    PeerView peer = view(id);
    return new FoundingStatus.Standing(
        id, seen(id, peer), connected.has(id), connected.addresses(id));
  }

  private FoundingStatus.Seen seen(NodeId id, PeerView peer) {
    if (id.equals(twin)) {
      return FoundingStatus.Seen.TWINS;
    }
    if (peer.known == null) {
      return FoundingStatus.Seen.NOT_MET;
    }
    if (peer.hasOtherList) {
      return FoundingStatus.Seen.OTHER_LIST;
    }
    Founding founding = peer.known.founding();
    return switch (founding.state()) {
      case FRESH -> FoundingStatus.Seen.FRESH;
      case COMPLETE -> FoundingStatus.Seen.COMPLETE;
      case WRITTEN ->
          Records.same(founding.record(), state.founding().record())
              ? FoundingStatus.Seen.WRITTEN
              : FoundingStatus.Seen.WRITTEN_ANOTHER;
    };
  }
}
