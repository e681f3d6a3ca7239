package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.LocalNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Transports that break one rule on purpose. */
final class WrongTransports {
  /** Makes one. */
  interface Maker {
    LoopbackTransport make(LoopbackNet net, @Nullable String address);
  }

  /**
   * One of them.
   *
   * @param what it does wrong
   * @param seenBy the tests of the kit that must refuse it; all others must let it pass
   */
  record Wrong(String what, Maker maker, Set<String> seenBy) {
    @Override
    public String toString() {
      return what;
    }
  }

  static final List<Wrong> ALL =
      List.of(
          wrong(
              "forgets a flag", ForgetsAFlag::new, "eachKindOfMessageArrivesAsItWasUnderItsSender"),
          wrong("cuts large payloads", CutsPayloads::new, "entriesArriveByteForByte"),
          wrong(
              "drops a frame that is over the peer's batches",
              DropsLargeFrames::new,
              "aFrameIsTakenWhateverThePeersBatches"),
          wrong(
              "lets every thousandth overtake",
              LetsOvertake::new,
              "messagesOfAConnectionArriveInOrderAndOnce"),
          wrong(
              "loses what a second thread sends",
              LosesOfThreads::new,
              "threadsMaySendAtTheSameTime"),
          wrong(
              "drops what is sent in a callback",
              DropsInCallbacks::new,
              "aHandlerMayAnswerFromWithinItsCall"),
          wrong(
              "needs an address for replies",
              RepliesByAddress::new,
              "repliesTakeTheConnectionOnWhichThePeerAsks"),
          wrong(
              "adds peers and forgets none",
              ForgetsNobody::new,
              "nothingIsSentToWhomTheHostDoesNotKnow"),
          wrong(
              "mixes the numbers of hellos",
              MixesNumbers::new,
              "theHandshakeComesBeforeAnythingElse"),
          wrong(
              "hands over what nobody let in",
              OpensAllGates::new,
              "nothingPassesBeforeItIsAdmitted"),
          wrong(
              "answers whoever has the name",
              GoesByName::new,
              "anAnswerGoesToTheDirectoryThatAsked",
              "anotherDirectorysHelloDisplacesNothing"),
          wrong(
              "keeps the older stream beside the newer",
              KeepsOlder::new,
              "aNewerStreamOfADirectoryClosesTheOlder"),
          wrong(
              "resets nobody",
              ResetsNobody::new,
              "aResetEndsThatDirectorysStreamsAndTheyAreDialledAgain"),
          wrong(
              "resets whoever has the name",
              ResetsByName::new,
              "aResetEndsThatDirectorysStreamsAndTheyAreDialledAgain"),
          wrong(
              "forgets hellos that came long ago",
              ForgetsHellos::new,
              "aHelloOfAGroupThatIsServedLaterIsHandedOver",
              "aClosedGroupPassesNothingAndARestartedOneIsConnectedAnew"),
          wrong("knows one address", KnowsOneAddress::new, "aPeerIsFoundUnderItsNextAddress"),
          wrong(
              "knows no clusters",
              KnowsNoClusters::new,
              "theWrongClusterIsRefusedAndBothSidesSayWhy"),
          wrong(
              "refuses and says nothing",
              SaysNothing::new,
              "theWrongClusterIsRefusedAndBothSidesSayWhy",
              "whomTheHandlerRefusesPassesNothingUntilItIsWelcome",
              "theDialerRefusesAsWell",
              "whoAnswersInPlaceOfAnotherIsRefused",
              "aResetEndsThatDirectorysStreamsAndTheyAreDialledAgain"),
          wrong(
              "asks nobody again who has refused",
              AsksOnce::new,
              "whomTheHandlerRefusesPassesNothingUntilItIsWelcome"),
          wrong(
              "does not say what the dialer refuses", TellsOneSide::new, "theDialerRefusesAsWell"),
          wrong(
              "talks to whoever answers",
              TalksToAnybody::new,
              "whoAnswersInPlaceOfAnotherIsRefused"),
          wrong("mixes groups", MixesGroups::new, "groupsAreKeptApart"),
          wrong(
              "keeps closed groups",
              KeepsGroups::new,
              "aClosedGroupPassesNothingAndARestartedOneIsConnectedAnew"),
          wrong(
              "does not dial again who has hung up",
              (net, address) -> new DialsOnce(net, address, false),
              "aPeerThatRestartsIsFoundAgain",
              "aNewerStreamOfADirectoryClosesTheOlder",
              "aResetEndsThatDirectorysStreamsAndTheyAreDialledAgain"),
          wrong(
              "does not dial again what broke",
              (net, address) -> new DialsOnce(net, address, true),
              "aConnectionThatBreaksIsMadeAnew"),
          wrong("goes on after close", GoesOn::new, "nothingIsToldAfterClose"),
          wrong("has one connection for all", OneForAll::new, "controlDoesNotWaitBehindEntries"),
          wrong("lets all wait", LetsAllWait::new, "aSlowPeerBoundsTheQueueAndEachDropIsTold"),
          wrong(
              "drops and does not say so",
              DropsInSilence::new,
              "aSlowPeerBoundsTheQueueAndEachDropIsTold"));

  private WrongTransports() {}

  private static Wrong wrong(String what, Maker maker, String... seenBy) {
    return new Wrong(what, maker, Set.of(seenBy));
  }

  private static final class ForgetsAFlag extends LoopbackTransport {
    ForgetsAFlag(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    void deliver(GroupId group, Peer from, Message message) {
      Message told = message;
      if (message instanceof Message.RequestVote ask) {
        told = new Message.RequestVote(ask.from(), ask.term(), ask.last(), false);
      }
      super.deliver(group, from, told);
    }
  }

  private static final class CutsPayloads extends LoopbackTransport {
    CutsPayloads(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    void deliver(GroupId group, Peer from, Message message) {
      Message told = message;
      if (message instanceof Message.AppendEntries append
          && append.entries().byteLength() == 140_080) {
        EntryBatch entries = append.entries();
        EntryBatch cut =
            EntryBatch.join(
                List.of(
                    entries.range(entries.firstIndex(), entries.firstIndex()),
                    Entries.one(
                        entries.lastIndex(),
                        entries.last().term(),
                        EntryType.COMMAND,
                        new byte[70_000])));
        told =
            new Message.AppendEntries(
                append.from(),
                append.term(),
                append.session(),
                append.prev(),
                cut,
                append.commit());
      }
      super.deliver(group, from, told);
    }
  }

  private static final class DropsLargeFrames extends LoopbackTransport {
    DropsLargeFrames(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    boolean isTooLarge(Message message, LocalNode peer) {
      return message instanceof Message.AppendEntries append
          && append.entries().byteLength() > peer.maxMessageBytes();
    }
  }

  private static final class LetsOvertake extends LoopbackTransport {
    private @Nullable Message held;

    LetsOvertake(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    void deliver(GroupId group, Peer from, Message message) {
      if (message instanceof Message.Heartbeat beat && beat.round() == 1_000) {
        held = message;
        return;
      }
      super.deliver(group, from, message);
      Message late = held;
      if (late != null && message instanceof Message.Heartbeat) {
        held = null;
        super.deliver(group, from, late);
      }
    }
  }

  private static final class LosesOfThreads extends LoopbackTransport {
    LosesOfThreads(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    public boolean send(GroupId group, Peer to, Message message) {
      boolean isOfAnother = Thread.currentThread().getName().equals("conformance-sender");
      boolean isUnlucky =
          isOfAnother && message instanceof Message.Heartbeat beat && beat.round() % 100 == 7;
      return isUnlucky || super.send(group, to, message);
    }
  }

  private static final class DropsInCallbacks extends LoopbackTransport {
    private static final ThreadLocal<Boolean> IS_CALLING = ThreadLocal.withInitial(() -> false);

    DropsInCallbacks(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    void deliver(GroupId group, Peer from, Message message) {
      IS_CALLING.set(true);
      super.deliver(group, from, message);
      IS_CALLING.set(false);
    }

    @Override
    public boolean send(GroupId group, Peer to, Message message) {
      return !IS_CALLING.get() && super.send(group, to, message);
    }
  }

  private static final class RepliesByAddress extends LoopbackTransport {
    private final Map<NodeId, List<String>> known = new ConcurrentHashMap<>();

    RepliesByAddress(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    public void peers(GroupId group, Map<NodeId, List<String>> addresses) {
      known.putAll(addresses);
      super.peers(group, addresses);
    }

    @Override
    public boolean send(GroupId group, Peer to, Message message) {
      return known.containsKey(to.id()) && super.send(group, to, message);
    }
  }

  private static final class ForgetsNobody extends LoopbackTransport {
    private final Map<GroupId, Map<NodeId, List<String>>> known = new ConcurrentHashMap<>();

    ForgetsNobody(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    public void peers(GroupId group, Map<NodeId, List<String>> addresses) {
      Map<NodeId, List<String>> all = new HashMap<>(known.getOrDefault(group, Map.of()));
      all.putAll(addresses);
      known.put(group, all);
      super.peers(group, all);
    }
  }

  private static final class MixesNumbers extends LoopbackTransport {
    MixesNumbers(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    void tell(LoopbackLink link, GroupWord word) {
      GroupWord told = word;
      if (word instanceof GroupWord.Answer a) {
        told = new GroupWord.Answer(a.group(), a.number() + 1, a.self(), a.remembered());
      }
      super.tell(link, told);
    }
  }

  private static final class KnowsNoClusters extends LoopbackTransport {
    KnowsNoClusters(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    @Nullable String refusal(NodeId expected, LocalNode one, LocalNode other) {
      return expected.equals(other.node()) ? null : super.refusal(expected, one, other);
    }
  }

  private static final class SaysNothing extends LoopbackTransport {
    SaysNothing(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    boolean tellsRefusals() {
      return false;
    }
  }

  private static final class TellsOneSide extends LoopbackTransport {
    TellsOneSide(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    void refused(LoopbackLink link, String reason) {
      if (!link.isDialled()) {
        super.refused(link, reason);
      }
    }
  }

  private static final class AsksOnce extends LoopbackTransport {
    AsksOnce(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    boolean asksAgain(boolean notServed) {
      return notServed;
    }
  }

  private static final class TalksToAnybody extends LoopbackTransport {
    TalksToAnybody(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    @Nullable String refusal(NodeId expected, LocalNode one, LocalNode other) {
      return super.refusal(other.node(), one, other);
    }
  }

  private static final class MixesGroups extends LoopbackTransport {
    private final Map<NodeId, GroupId> first = new ConcurrentHashMap<>();

    MixesGroups(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    void deliver(GroupId group, Peer from, Message message) {
      first.putIfAbsent(from.id(), group);
      super.deliver(first.getOrDefault(from.id(), group), from, message);
    }
  }

  private static final class KeepsGroups extends LoopbackTransport {
    KeepsGroups(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    public void closeGroup(GroupId group) {}
  }

  private static final class DialsOnce extends LoopbackTransport {
    private final boolean redialsWhoHungUp;

    DialsOnce(LoopbackNet net, @Nullable String address, boolean redialsWhoHungUp) {
      super(net, address);
      this.redialsWhoHungUp = redialsWhoHungUp;
    }

    @Override
    boolean redials(LoopbackConnection ended) {
      return ended.wasCut() != redialsWhoHungUp;
    }
  }

  private static final class GoesOn extends LoopbackTransport {
    GoesOn(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    public void close() {
      super.close();
      net.pool.execute(
          () -> {
            LockSupport.parkNanos(5_000_000);
            Peer peer = new Peer(NodeId.of("n1"), new Incarnation(1, 1));
            Message late = new Message.PreVoteReply(peer.id(), 1, true);
            handler().received(KitHost.GROUP, peer, late);
          });
    }
  }

  private static final class OneForAll extends LoopbackTransport {
    OneForAll(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    boolean isOfEntries(Message message) {
      return true;
    }
  }

  private static final class LetsAllWait extends LoopbackTransport {
    LetsAllWait(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    long mostThatWaits() {
      return Long.MAX_VALUE;
    }
  }

  private static final class DropsInSilence extends LoopbackTransport {
    DropsInSilence(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    boolean dropsInSilence() {
      return true;
    }
  }

  private static final class OpensAllGates extends LoopbackTransport {
    OpensAllGates(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    boolean gates() {
      return false;
    }
  }

  private static final class GoesByName extends LoopbackTransport {
    GoesByName(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    boolean leadsTo(LoopbackLink link, Peer to) {
      return link.admitted() != null && to.id().equals(link.peer());
    }
  }

  private static final class KeepsOlder extends LoopbackTransport {
    KeepsOlder(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    void admitted(LoopbackLink link, Peer peer) {}
  }

  private static final class ResetsNobody extends LoopbackTransport {
    ResetsNobody(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    public void reset(GroupId group, Peer peer, String reason) {}
  }

  private static final class ResetsByName extends LoopbackTransport {
    ResetsByName(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    public void reset(GroupId group, Peer peer, String reason) {
      super.reset(
          group, new Peer(peer.id(), KitHost.directory(peer.id(), 1).incarnation()), reason);
    }
  }

  private static final class ForgetsHellos extends LoopbackTransport {
    ForgetsHellos(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    boolean asksAgain(boolean notServed) {
      return !notServed;
    }

    @Override
    boolean handsOver(long ageNanos) {
      return ageNanos < 20_000_000;
    }
  }

  private static final class KnowsOneAddress extends LoopbackTransport {
    KnowsOneAddress(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    String choose(List<String> addresses, int attempt) {
      return addresses.get(0);
    }
  }
}
