package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupHello;
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
              "takes what is too large and drops it",
              TakesTooMuch::new,
              "whatIsLargerThanThePeerTakesIsDroppedAndHarmsNothing"),
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
              "tells of both its connections",
              TellsOfBoth::new,
              "bothHellosComeBeforeAnythingElse"),
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
              "whoAnswersInPlaceOfAnotherIsRefused"),
          wrong(
              "does not ask who is dialed",
              (net, address) -> new AsksOneSide(net, address, true),
              "whomTheHandlerRefusesPassesNothingUntilItIsWelcome"),
          wrong(
              "does not ask who dials",
              (net, address) -> new AsksOneSide(net, address, false),
              "theDialerRefusesAsWell"),
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
              "aPeerThatRestartsIsFoundAgain"),
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
    void deliver(NodeId from, GroupHello hello, Message message) {
      Message told = message;
      if (message instanceof Message.RequestVote ask) {
        told = new Message.RequestVote(ask.from(), ask.term(), ask.last(), false);
      }
      super.deliver(from, hello, told);
    }
  }

  private static final class CutsPayloads extends LoopbackTransport {
    CutsPayloads(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    void deliver(NodeId from, GroupHello hello, Message message) {
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
      super.deliver(from, hello, told);
    }
  }

  private static final class TakesTooMuch extends LoopbackTransport {
    TakesTooMuch(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    public boolean send(GroupId group, NodeId to, Message message) {
      boolean isSent = super.send(group, to, message);
      return isSent
          || (message instanceof Message.AppendEntries append
              && append.entries().byteLength() > 66_000
              && append.entries().byteLength() < 70_000);
    }
  }

  private static final class LetsOvertake extends LoopbackTransport {
    private @Nullable Message held;

    LetsOvertake(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    void deliver(NodeId from, GroupHello hello, Message message) {
      if (message instanceof Message.Heartbeat beat && beat.round() == 1_000) {
        held = message;
        return;
      }
      super.deliver(from, hello, message);
      Message late = held;
      if (late != null && message instanceof Message.Heartbeat) {
        held = null;
        super.deliver(from, hello, late);
      }
    }
  }

  private static final class LosesOfThreads extends LoopbackTransport {
    LosesOfThreads(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    public boolean send(GroupId group, NodeId to, Message message) {
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
    void deliver(NodeId from, GroupHello hello, Message message) {
      IS_CALLING.set(true);
      super.deliver(from, hello, message);
      IS_CALLING.set(false);
    }

    @Override
    public boolean send(GroupId group, NodeId to, Message message) {
      return !IS_CALLING.get() && super.send(group, to, message);
    }
  }

  private static final class RepliesByAddress extends LoopbackTransport {
    private final Map<NodeId, String> known = new ConcurrentHashMap<>();

    RepliesByAddress(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    public void peers(GroupId group, Map<NodeId, String> addresses) {
      known.putAll(addresses);
      super.peers(group, addresses);
    }

    @Override
    public boolean send(GroupId group, NodeId to, Message message) {
      return known.containsKey(to) && super.send(group, to, message);
    }
  }

  private static final class ForgetsNobody extends LoopbackTransport {
    private final Map<GroupId, Map<NodeId, String>> known = new ConcurrentHashMap<>();

    ForgetsNobody(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    public void peers(GroupId group, Map<NodeId, String> addresses) {
      Map<NodeId, String> all = new HashMap<>(known.getOrDefault(group, Map.of()));
      all.putAll(addresses);
      known.put(group, all);
      super.peers(group, all);
    }
  }

  private static final class TellsOfBoth extends LoopbackTransport {
    TellsOfBoth(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    boolean tellsConnected(boolean forEntries) {
      return true;
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

  private static final class AsksOneSide extends LoopbackTransport {
    private final boolean asksDialer;

    AsksOneSide(LoopbackNet net, @Nullable String address, boolean asksDialer) {
      super(net, address);
      this.asksDialer = asksDialer;
    }

    @Override
    @Nullable String judge(boolean hasDialed, NodeId peer, GroupHello hello) {
      String refusal = super.judge(hasDialed, peer, hello);
      return hasDialed == asksDialer ? refusal : null;
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
    private final Map<NodeId, GroupHello> first = new ConcurrentHashMap<>();

    MixesGroups(LoopbackNet net, @Nullable String address) {
      super(net, address);
    }

    @Override
    void deliver(NodeId from, GroupHello hello, Message message) {
      GroupHello known = first.putIfAbsent(from, hello);
      boolean isOfAnother = known != null && !known.group().equals(hello.group());
      super.deliver(from, isOfAnother && known != null ? known : hello, message);
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
            NodeId peer = NodeId.of("n1");
            GroupHello hello = new GroupHello(Peer.GROUP, 1, new Incarnation(1, 1), 1);
            handler().received(peer, hello, new Message.PreVoteReply(peer, 1, true));
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
}
