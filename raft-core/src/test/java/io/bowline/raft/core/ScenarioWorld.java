package io.bowline.raft.core;

import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.RecordText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A core with a clock, and the short forms in which a scenario speaks of it. */
final class ScenarioWorld {
  private static final Pattern SHORT_PEER =
      Pattern.compile("\\b(to|peer|votedFor)=n([0-9a-f]+)(?![#0-9a-f])");

  private final RaftCore core;
  private long now;
  private long timeBase;
  private long writeBase;

  ScenarioWorld(RaftCore core) {
    this.core = core;
  }

  CoreStatus status() {
    return core.status();
  }

  List<Effect> step(Input input) {
    List<Effect> effects = new ArrayList<>();
    core.step(input, now, effects);
    return effects;
  }

  void advance(long nanos) {
    now += nanos;
  }

  /** From now on times, and writes behind that one, count from 0. */
  void begin(long durableWrite) {
    timeBase = now;
    writeBase = durableWrite;
  }

  /** The incarnation of nX is X, in hex. */
  static Incarnation incarnationOf(NodeId id) {
    return new Incarnation(0, Long.parseLong(id.value().substring(1), 16));
  }

  static Peer peerOf(NodeId id) {
    return new Peer(id, incarnationOf(id));
  }

  /** The directory of nX need not be told if it is the usual one. */
  static String withPeers(String text) {
    return SHORT_PEER.matcher(text).replaceAll("$1=n$2#$2");
  }

  static long nanos(String duration) {
    return ((Effect.WakeAt) RecordText.read("WakeAt deadlineNanos=" + duration, Effect.class))
        .deadlineNanos();
  }

  /** A message is short for a Receive from its sender, with ticket 1 if it brings entries. */
  Input input(String text) {
    if (RecordText.namesOf(Message.class).containsKey(text.split(" ", 2)[0])) {
      Message message = RecordText.read(text, Message.class);
      boolean brings =
          message instanceof Message.AppendEntries append && !append.entries().isEmpty();
      return new Input.Receive(message, incarnationOf(message.from()), brings ? 1 : 0);
    }
    Input input = RecordText.read(withPeers(text), Input.class);
    if (input instanceof Input.Durable in) {
      return new Input.Durable(in.write() + writeBase);
    } else if (input instanceof Input.WriteFailed in) {
      return new Input.WriteFailed(in.write() + writeBase);
    }
    return input;
  }

  /** An effect as a scenario writes it; this node and its term need not be told. */
  Effect effect(String text) {
    String own = "from=" + status().self() + " term=" + status().term() + " ";
    String full = text;
    if (text.startsWith("SendEntries ") && !text.contains(" term=")) {
      full = text + " term=" + status().term();
    } else if (text.startsWith("Send ") && !text.contains("{from=")) {
      full = text.replaceFirst("message=(\\w+)\\{", "message=$1{" + own);
    }
    return RecordText.read(withPeers(full), Effect.class);
  }

  /** The same effect with times and writes that count from the beginning. */
  Effect relative(Effect effect) {
    if (effect instanceof Effect.WakeAt e) {
      return new Effect.WakeAt(e.deadlineNanos() - timeBase);
    } else if (effect instanceof Effect.SaveBallot e) {
      return new Effect.SaveBallot(e.write() - writeBase, e.term(), e.votedFor());
    } else if (effect instanceof Effect.Append e) {
      return new Effect.Append(
          e.write() - writeBase, e.ticket(), e.first(), e.count(), e.replicatedTime());
    } else if (effect instanceof Effect.AppendOwn e) {
      return new Effect.AppendOwn(
          e.write() - writeBase, e.id(), e.membership(), e.replicatedTime());
    } else if (effect instanceof Effect.Send e) {
      return new Effect.Send(e.to(), e.message(), Math.max(0, e.afterWrite() - writeBase));
    }
    return effect;
  }
}
