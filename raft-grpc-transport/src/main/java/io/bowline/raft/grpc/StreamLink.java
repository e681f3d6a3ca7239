package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import org.jspecify.annotations.Nullable;

/**
 * One group on one stream: messages pass from the moment at which the host admits a directory. A
 * group that is closed and opened again has another link, also on the same stream.
 */
final class StreamLink implements GroupLink {
  private final PeerStream stream;
  private final GroupId group;
  private final int number;
  private volatile @Nullable Peer admitted;
  private boolean over;

  /** The newest hello on a stream that was accepted; guarded by the stream's order. */
  GroupWord.@Nullable Hello hello;

  /** Whether the host knows of it; guarded by the stream's order. */
  boolean isTold;

  /** Whether a later {@code opened} is due already; guarded by the stream's order. */
  boolean isAskedAgain;

  /**
   * A new one.
   *
   * @param number by which this side calls the group on this stream
   */
  StreamLink(PeerStream stream, GroupId group, int number) {
    this.stream = stream;
    this.group = group;
    this.number = number;
  }

  @Override
  public GroupId group() {
    return group;
  }

  @Override
  public NodeId peer() {
    return stream.node().node();
  }

  @Override
  public boolean isDialled() {
    return stream.expected() != null;
  }

  @Override
  public boolean isForEntries() {
    return stream.kind == ConnectionKind.ENTRIES;
  }

  @Override
  public String remote() {
    return stream.remote();
  }

  /** The directory whose messages pass; {@code null} if none do. */
  @Nullable Peer admitted() {
    return admitted;
  }

  @Override
  public void say(GroupWord word) {
    if (!word.group().equals(group)) {
      throw new IllegalArgumentException(word + " on a link of group " + group);
    }
    synchronized (this) {
      if (over) {
        return;
      }
    }
    stream.say(new Packet.Said(number, word));
  }

  @Override
  public void admit(Peer peer) {
    if (!peer.id().equals(peer())) {
      throw new IllegalArgumentException(peer + " is not " + peer() + ", who is at the other end");
    }
    StreamLink older;
    synchronized (this) {
      if (over || stream.isEnded()) {
        return;
      }
      part();
      admitted = peer;
      older = stream.context.routes.put(route(peer), this);
    }
    if (older != null && older.stream != stream) {
      older.stream.reset(
          "a newer connection of directory " + peer + " of group " + group + " takes its place");
    }
  }

  @Override
  public void refuse(String reason) {
    part();
    synchronized (this) {
      if (over) {
        return;
      }
    }
    stream.refuse(this, reason);
  }

  /** Nothing passes any more, until a directory is admitted again. */
  synchronized void part() {
    Peer before = admitted;
    if (before != null) {
      admitted = null;
      stream.context.routes.remove(route(before), this);
    }
  }

  /** Nothing passes and nothing is said any more. */
  synchronized void end() {
    part();
    over = true;
  }

  private PeerContext.Route route(Peer peer) {
    return new PeerContext.Route(group, peer, stream.kind, isDialled());
  }

  /** Ends the whole stream. */
  void reset(String reason) {
    stream.reset(reason);
  }

  /** Sends, if a directory is admitted and there is room. */
  boolean send(Message message) {
    return admitted != null && stream.outbox.offer(new Packet.Raft(number, message));
  }

  @Override
  public String toString() {
    return group + " with " + remote() + " (" + stream.kind + ")";
  }
}
