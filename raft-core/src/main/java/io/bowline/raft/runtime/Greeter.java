package io.bowline.raft.runtime;

import io.bowline.raft.founding.Act;
import io.bowline.raft.founding.Founder;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gets to know the directory at the other end of each stream before any message passes: says and
 * judges the four words of the handshake (identity 5, 7, 11, 12). The founding itself is the {@link
 * Founder}'s, which says whom to greet until it is complete. One thread at a time.
 *
 * <p>Messages pass between two directories that are complete under one founding, when each has
 * confirmed that its own file holds the start which the other one remembers of it, and the other
 * one's newest start is durable here.
 */
final class Greeter {
  /** What becomes of the words. */
  interface Listener {
    /** What the founding wants done beside greeting and refusing. */
    void act(Act act);

    /** Messages pass on a link for entries that this node has dialled. */
    void connected(Peer peer);

    /** A peer remembers a start of this directory that its file does not hold (identity 12). */
    void isCopy(Peer witness, String reason);

    /** What an operator should see, once and then counted. */
    void refused(NodeId peer, String reason);
  }

  /** What was said on one link. */
  private static final class Talk {
    final GroupLink link;

    /** Of the dialler's newest hello there. */
    long number;

    /** Whether that hello, or the answer to it, said that this node is complete. */
    boolean saidComplete;

    /** What the other side says of itself. */
    @Nullable DirectoryState theirs;

    /** What the other side was told to be remembered of it. */
    @Nullable StartPair told;

    Talk(GroupLink link) {
      this.link = link;
    }
  }

  private final GroupId group;
  private final RaftStorage storage;
  private final Founder founder;
  private final StartMemory memory;
  private final Listener listener;
  private final Map<GroupLink, Talk> talks = new LinkedHashMap<>();

  Greeter(
      GroupId group, RaftStorage storage, Founder founder, StartMemory memory, Listener listener) {
    this.group = group;
    this.storage = storage;
    this.founder = founder;
    this.memory = memory;
    this.listener = listener;
  }

  /** Does what the founding wants. */
  void act(List<Act> acts) {
    for (Act act : acts) {
      if (act instanceof Act.Greet greet) {
        Talk talk = talks.get(greet.link());
        if (talk != null) {
          greet(talk, greet.number());
        }
      } else if (act instanceof Act.Refuse refuse) {
        Talk talk = talks.get(refuse.link());
        if (talk != null) {
          refuse(talk, refuse.reason());
        }
      } else {
        listener.act(act);
      }
    }
  }

  /** The founding is complete: streams for entries were not greeted before. */
  void founded() {
    for (Talk talk : List.copyOf(talks.values())) {
      if (talk.link.isDialled() && talk.link.isForEntries()) {
        greet(talk, founder.nextNumber());
      }
    }
  }

  private void greet(Talk talk, long number) {
    talk.number = number;
    talk.saidComplete = founder.isComplete();
    say(talk, new GroupWord.Hello(group, number, founder.state()));
  }

  // ---- what the transport tells

  void opened(GroupLink link) {
    Talk talk = talks.computeIfAbsent(link, Talk::new);
    if (!link.isForEntries()) {
      act(founder.linkOpened(link));
    } else if (founder.isComplete()) {
      greet(talk, founder.nextNumber());
    }
  }

  void closed(GroupLink link) {
    if (talks.remove(link) != null) {
      act(founder.linkClosed(link));
    }
  }

  /** The other side refused; the transport opens the link again later. */
  void refused(GroupLink link, String reason) {
    listener.refused(link.peer(), "refused by " + link.peer() + ": " + reason);
  }

  void said(GroupLink link, GroupWord word) {
    Talk talk = talks.computeIfAbsent(link, Talk::new);
    boolean byDialler = word instanceof GroupWord.Hello || word instanceof GroupWord.Confirm;
    if (byDialler == link.isDialled()) {
      refuse(talk, word.getClass().getSimpleName() + " is no word for that end of a connection");
    } else if (word instanceof GroupWord.Hello hello) {
      hello(talk, hello);
    } else if (word.number() != talk.number) {
      return; // about an older hello
    } else if (word instanceof GroupWord.Answer answer) {
      answer(talk, answer);
    } else if (word instanceof GroupWord.Confirm confirm) {
      confirm(talk, confirm);
    } else {
      confirmed(talk);
    }
  }

  // ---- dialled by the other side

  /** It is answered in any case: by the answer a copy learns what it is. */
  private void hello(Talk talk, GroupWord.Hello hello) {
    DirectoryState theirs = hello.self();
    talk.theirs = theirs;
    talk.number = hello.number();
    sayAnswer(talk, theirs);
    String stale = stale(talk, theirs);
    if (stale != null) {
      refuse(talk, stale);
      return;
    }
    act(founder.heard(talk.link, theirs));
    if (founder.passes(theirs)) {
      greetAgain(talk.link.peer());
    }
  }

  private void sayAnswer(Talk talk, DirectoryState theirs) {
    talk.saidComplete = founder.isComplete();
    talk.told = memory.of(theirs.incarnation());
    say(talk, new GroupWord.Answer(group, talk.number, founder.state(), talk.told));
  }

  /** That peer is complete by now: where it answered before that it was not, it is asked again. */
  private void greetAgain(NodeId peer) {
    for (Talk talk : List.copyOf(talks.values())) {
      DirectoryState known = talk.theirs;
      if (talk.link.isDialled()
          && talk.link.peer().equals(peer)
          && known != null
          && !known.founding().isComplete()) {
        talk.theirs = null;
        greet(talk, founder.nextNumber());
      }
    }
  }

  private void confirm(Talk talk, GroupWord.Confirm confirm) {
    DirectoryState theirs = talk.theirs;
    if (theirs == null || !talk.saidComplete || !founder.passes(theirs)) {
      refuse(talk, "it confirms a start before both sides are complete");
    } else if (!Objects.equals(talk.told, memory.of(theirs.incarnation()))) {
      sayAnswer(talk, theirs); // another start of it was met meanwhile
    } else if (holds(talk, theirs, confirm.remembered())) {
      admit(talk, theirs, new GroupWord.Confirmed(group, talk.number));
    }
  }

  // ---- dialled by this node

  private void answer(Talk talk, GroupWord.Answer answer) {
    DirectoryState theirs = answer.self();
    talk.theirs = theirs;
    String stale = stale(talk, theirs);
    if (stale != null) {
      refuse(talk, stale);
      return;
    }
    boolean wasComplete = founder.isComplete();
    act(
        talk.link.isForEntries()
            ? founder.heard(talk.link, theirs)
            : founder.answered(talk.link, answer.number(), theirs));
    if (!wasComplete || talk.number != answer.number()) {
      return;
    }
    if (!founder.passes(theirs)) {
      if (isCompleteByNow(theirs)) {
        greet(talk, founder.nextNumber());
      }
      return;
    }
    if (!talk.saidComplete) {
      greet(talk, founder.nextNumber());
    } else if (holds(talk, theirs, answer.remembered())) {
      talk.told = memory.of(theirs.incarnation());
      say(talk, new GroupWord.Confirm(group, talk.number, talk.told));
    }
  }

  /** Streams overtake each other: its hello as a complete one may be here before this answer. */
  private boolean isCompleteByNow(DirectoryState answered) {
    return !answered.founding().isComplete()
        && talks.values().stream()
            .map(talk -> talk.theirs)
            .anyMatch(
                known ->
                    known != null
                        && known.incarnation().equals(answered.incarnation())
                        && founder.passes(known));
  }

  private void confirmed(Talk talk) {
    DirectoryState theirs = talk.theirs;
    if (theirs == null || !talk.saidComplete || !founder.passes(theirs)) {
      refuse(talk, "it is confirmed before both sides are complete");
    } else if (!Objects.equals(talk.told, memory.of(theirs.incarnation()))) {
      greet(talk, founder.nextNumber()); // another start of it was met meanwhile
    } else {
      admit(talk, theirs, null);
    }
  }

  // ---- what both ends judge

  /** Its newest start is durable before anything of that start counts (identity 11). */
  private void admit(Talk talk, DirectoryState theirs, @Nullable GroupWord last) {
    long number = talk.number;
    memory.remember(
        theirs.incarnation(),
        theirs.start(),
        () -> {
          if (talks.get(talk.link) != talk || talk.number != number) {
            return; // the link is gone, or they talk anew
          }
          Peer peer = new Peer(talk.link.peer(), theirs.incarnation());
          call(talk, () -> talk.link.admit(peer));
          if (last != null) {
            say(talk, last);
          }
          if (talk.link.isDialled() && talk.link.isForEntries()) {
            listener.connected(peer);
          }
        });
  }

  /** A start that cannot follow the one that is remembered is a copy's (identity 12). */
  private @Nullable String stale(Talk talk, DirectoryState theirs) {
    if (!memory.isStale(theirs.incarnation(), theirs.start())) {
      return null;
    }
    return "node "
        + talk.link.peer()
        + " at "
        + theirs.address()
        + " started as "
        + theirs.start()
        + " of a directory that was seen as "
        + memory.of(theirs.incarnation())
        + ": it is a restored copy, which forgot what it promised; see docs/operations/copies.md";
  }

  /** Whether this node's own file holds the start that they remember of it. */
  private boolean holds(Talk talk, DirectoryState theirs, @Nullable StartPair remembered) {
    if (remembered == null || storage.identity().holds(remembered)) {
      return true;
    }
    listener.isCopy(
        new Peer(talk.link.peer(), theirs.incarnation()),
        talk.link.peer()
            + " at "
            + theirs.address()
            + " remembers "
            + remembered
            + " of this directory, which its file does not hold (now it is "
            + storage.identity().current()
            + "): it is a restored copy, which forgot what it promised;"
            + " see docs/operations/copies.md");
    return false;
  }

  private void say(Talk talk, GroupWord word) {
    call(talk, () -> talk.link.say(word));
  }

  /** A transport that throws has said nothing, and opens the link again or not. */
  private void call(Talk talk, Runnable saying) {
    boolean interrupted = Thread.currentThread().isInterrupted();
    try {
      saying.run();
    } catch (RuntimeException | Error e) {
      if (Foreign.isFatal(e)) {
        throw e;
      }
      listener.refused(talk.link.peer(), "the transport threw " + e + ": the word is lost");
    } finally {
      Foreign.clean(interrupted);
    }
  }

  private void refuse(Talk talk, String reason) {
    call(talk, () -> talk.link.refuse(reason));
    listener.refused(talk.link.peer(), reason);
  }
}
