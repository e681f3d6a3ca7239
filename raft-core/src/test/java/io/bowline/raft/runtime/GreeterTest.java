package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.founding.Act;
import io.bowline.raft.founding.Founder;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.storage.NonDurableMemoryStorage;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The handshake of n1, which is complete, with n2, word for word. */
@NullMarked
class GreeterTest {
  private static final GroupId GROUP = GroupId.of("g");
  private static final NodeId N1 = NodeId.of("n1");
  private static final NodeId N2 = NodeId.of("n2");
  private static final Incarnation THEIRS = new Incarnation(2, 2);
  private static final StartPair THEIR_START = new StartPair(1, 22);

  /** One stream between the two: what was said and what became of it. */
  private static final class Link implements GroupLink {
    final boolean dialled;
    final boolean forEntries;
    final List<GroupWord> said = new ArrayList<>();
    final List<Peer> admitted = new ArrayList<>();
    final List<String> refused = new ArrayList<>();

    Link(boolean dialled, boolean forEntries) {
      this.dialled = dialled;
      this.forEntries = forEntries;
    }

    @Override
    public GroupId group() {
      return GROUP;
    }

    @Override
    public NodeId peer() {
      return N2;
    }

    @Override
    public boolean isDialled() {
      return dialled;
    }

    @Override
    public boolean isForEntries() {
      return forEntries;
    }

    @Override
    public String remote() {
      return "n2:1";
    }

    @Override
    public void say(GroupWord word) {
      said.add(word);
    }

    @Override
    public void admit(Peer peer) {
      admitted.add(peer);
    }

    @Override
    public void refuse(String reason) {
      refused.add(reason);
    }

    GroupWord last() {
      return said.get(said.size() - 1);
    }
  }

  private final List<Peer> connected = new ArrayList<>();
  private final Link forEntries = new Link(true, true);
  private final Link fromThem = new Link(false, false);
  private Greeter greeter;
  private Membership record;

  @BeforeEach
  void isComplete() throws Exception {
    Membership list = Membership.of(Member.voter(N1, "n1:1"), Member.voter(N2, "n2:1"));
    RaftStorage storage =
        new NonDurableMemoryStorage()
            .bootstrap(ClusterId.of("c"), GROUP, N1, list, new SplittableRandom(1));
    Incarnation own = storage.identity().incarnation();
    record =
        Membership.of(Member.voter(N1, "n1:1").named(own), Member.voter(N2, "n2:1").named(THEIRS));
    storage.saveFounding(Founding.written(record));
    storage.saveFounding(Founding.complete(record));
    DirectoryState state =
        new DirectoryState(
            own,
            storage.identity().current(),
            storage.identity().founding(),
            list.listHash(),
            Membership.FEATURE_LEVEL,
            "n1:1");
    Founder founder = new Founder(N1, state, list, false, 0, 1_000_000_000L);
    StartMemory memory =
        new StartMemory(
            storage,
            Runnable::run,
            Runnable::run,
            THEIRS::equals,
            failure -> {
              throw new AssertionError(failure);
            });
    greeter = new Greeter(GROUP, storage, founder, memory, new Connections());
  }

  /** What comes of the words; nothing else may. */
  private final class Connections implements Greeter.Listener {
    @Override
    public void act(Act act) {}

    @Override
    public void connected(Peer peer) {
      connected.add(peer);
    }

    @Override
    public void isCopy(Peer witness, String reason) {
      throw new AssertionError(reason);
    }

    @Override
    public void refused(NodeId peer, String reason) {
      throw new AssertionError(reason);
    }
  }

  private DirectoryState they(Founding founding) {
    long hash = record.listHash();
    return new DirectoryState(
        THEIRS, THEIR_START, founding, hash, Membership.FEATURE_LEVEL, "n2:1");
  }

  private void answer(Founding founding) {
    long number = forEntries.last().number();
    greeter.said(forEntries, new GroupWord.Answer(GROUP, number, they(founding), null));
  }

  private void theyAreComplete() {
    greeter.said(fromThem, new GroupWord.Hello(GROUP, 1, they(Founding.complete(record))));
  }

  @Test
  void fourWordsAdmitAPeerThatIsComplete() {
    greeter.opened(forEntries);
    answer(Founding.complete(record));
    assertThat(forEntries.last()).isInstanceOf(GroupWord.Confirm.class);
    assertThat(forEntries.admitted).isEmpty();

    long number = forEntries.last().number();
    greeter.said(forEntries, new GroupWord.Confirmed(GROUP, number));

    assertThat(forEntries.admitted).containsExactly(new Peer(N2, THEIRS));
    assertThat(connected).containsExactly(new Peer(N2, THEIRS));
  }

  @Test
  void whoAnsweredBeforeItWasCompleteIsGreetedAnewWhenItIs() {
    greeter.opened(forEntries);
    answer(Founding.written(record));
    assertThat(forEntries.said).hasSize(1);

    theyAreComplete();

    assertThat(forEntries.said).hasSize(2).last().isInstanceOf(GroupWord.Hello.class);
  }

  /** Streams overtake each other: without a second hello nothing would ever be said there again. */
  @Test
  void anAnswerThatANewerHelloHasOvertakenIsAskedForAnew() {
    greeter.opened(forEntries);
    theyAreComplete();
    assertThat(forEntries.said).hasSize(1);

    answer(Founding.written(record));
    assertThat(forEntries.said).hasSize(2).last().isInstanceOf(GroupWord.Hello.class);

    answer(Founding.complete(record));
    assertThat(forEntries.last()).isInstanceOf(GroupWord.Confirm.class);
  }

  @Test
  void anAnswerOfSomebodyWhoIsNotCompleteYetIsNotAskedForAnewAtOnce() {
    greeter.opened(forEntries);

    answer(Founding.written(record));

    assertThat(forEntries.said).hasSize(1); // its next hello will bring the news
  }
}
