package io.bowline.raft.testkit.junit.conformance;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import org.jspecify.annotations.Nullable;

/** One end of a loopback connection, for one group. */
final class LoopbackLink implements GroupLink {
  final LoopbackConnection connection;
  private final boolean isDialled;
  private final GroupId group;

  /** The newest that the dialer said, at the end that was dialled. */
  volatile GroupWord.@Nullable Hello hello;

  /** When that was. */
  volatile long helloNanos;

  /** Whether the host knows of it. */
  volatile boolean isTold;

  /** Whether it is to be opened again, and since which tick. */
  volatile int refusedAtTick;

  private volatile @Nullable Peer admitted;

  LoopbackLink(LoopbackConnection connection, boolean isDialled, GroupId group) {
    this.connection = connection;
    this.isDialled = isDialled;
    this.group = group;
  }

  LoopbackTransport owner() {
    return isDialled ? connection.dialer : connection.acceptor;
  }

  @Override
  public GroupId group() {
    return group;
  }

  @Override
  public NodeId peer() {
    return connection.other(owner()).node();
  }

  @Override
  public boolean isDialled() {
    return isDialled;
  }

  @Override
  public boolean isForEntries() {
    return connection.forEntries;
  }

  @Override
  public String remote() {
    return connection.other(owner()).address();
  }

  @Override
  public void say(GroupWord word) {
    connection.say(isDialled, word);
  }

  @Override
  public void admit(Peer peer) {
    admitted = peer;
    owner().admitted(this, peer);
  }

  @Override
  public void refuse(String reason) {
    part();
    owner().refused(this, reason);
    connection.refuse(isDialled, group, new LoopbackConnection.Refusal(reason, false));
  }

  @Nullable Peer admitted() {
    return connection.isClosed() ? null : admitted;
  }

  void part() {
    admitted = null;
  }

  @Override
  public String toString() {
    return group + (isDialled ? " to " : " from ") + peer() + (isForEntries() ? ", entries" : "");
  }
}
