package io.bowline.raft.testkit;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import org.jspecify.annotations.Nullable;

/** One end of a connection, as far as one group is concerned. */
final class SimulatedLink implements GroupLink {
  private final Connection connection;
  private final GroupId group;
  private final boolean dialled;
  private @Nullable Incarnation own;
  private @Nullable Peer admitted;
  private boolean hasAdmitted;
  private boolean opened;

  SimulatedLink(Connection connection, GroupId group, boolean dialled) {
    this.connection = connection;
    this.group = group;
    this.dialled = dialled;
  }

  Connection connection() {
    return connection;
  }

  private SimulatedTransport here() {
    return dialled ? connection.dialer() : connection.acceptor();
  }

  SimulatedTransport there() {
    return dialled ? connection.acceptor() : connection.dialer();
  }

  @Override
  public GroupId group() {
    return group;
  }

  @Override
  public NodeId peer() {
    return there().local().node();
  }

  @Override
  public boolean isDialled() {
    return dialled;
  }

  @Override
  public boolean isForEntries() {
    return connection.isForEntries();
  }

  @Override
  public String remote() {
    return there().address();
  }

  @Override
  public void say(GroupWord word) {
    if (word instanceof GroupWord.Hello hello) {
      own = hello.self().incarnation();
    } else if (word instanceof GroupWord.Answer answer) {
      own = answer.self().incarnation();
    }
    connection.say(this, word);
  }

  @Override
  public void admit(Peer peer) {
    if (!connection.isBroken() && !here().isGone()) {
      admitted = peer;
      hasAdmitted = true;
      here().admitted(this, peer);
    }
  }

  @Override
  public void refuse(String reason) {
    part();
    connection.refuse(this, reason);
  }

  /** Whom it admits now. */
  @Nullable Peer admitted() {
    return admitted;
  }

  /** Whether messages have passed here, so that a late one still may. */
  boolean hasAdmitted() {
    return hasAdmitted;
  }

  /** Which directory speaks at this end. */
  @Nullable Incarnation own() {
    return own;
  }

  /** Whether the host was told of it: it is told of its end, too. */
  boolean isOpened() {
    return opened;
  }

  void opened() {
    opened = true;
  }

  /** No message passes any more. */
  void part() {
    Peer peer = admitted;
    admitted = null;
    if (peer != null) {
      here().parted(this, peer);
    }
  }

  /** The host hears of it no more. */
  void closed() {
    part();
    if (opened) {
      opened = false;
      here().closed(this);
    }
  }
}
