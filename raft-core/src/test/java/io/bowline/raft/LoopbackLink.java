package io.bowline.raft;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import org.jspecify.annotations.Nullable;

/** One end of a connection of a {@link LoopbackNetwork}, which carries one group. */
final class LoopbackLink implements GroupLink {
  private final GroupId group;
  private final LoopbackNetwork.Endpoint here;
  private final LoopbackNetwork.Endpoint there;
  private final boolean dialled;
  private final boolean forEntries;
  private volatile @Nullable LoopbackLink far;
  private volatile @Nullable Incarnation own;
  private volatile @Nullable Peer admitted;

  private LoopbackLink(
      GroupId group,
      LoopbackNetwork.Endpoint here,
      LoopbackNetwork.Endpoint there,
      boolean dialled,
      boolean forEntries) {
    this.group = group;
    this.here = here;
    this.there = there;
    this.dialled = dialled;
    this.forEntries = forEntries;
  }

  /** Makes both ends; the dialler's is returned. */
  static LoopbackLink dial(
      GroupId group,
      LoopbackNetwork.Endpoint from,
      LoopbackNetwork.Endpoint to,
      boolean forEntries) {
    LoopbackLink near = new LoopbackLink(group, from, to, true, forEntries);
    LoopbackLink other = new LoopbackLink(group, to, from, false, forEntries);
    near.far = other;
    other.far = near;
    from.add(near);
    to.add(other);
    return near;
  }

  LoopbackNetwork.Endpoint there() {
    return there;
  }

  LoopbackLink far() {
    LoopbackLink other = far;
    if (other == null) {
      throw new IllegalStateException("half a connection");
    }
    return other;
  }

  @Override
  public GroupId group() {
    return group;
  }

  @Override
  public NodeId peer() {
    return there.node();
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
    return there.address();
  }

  @Override
  public void say(GroupWord word) {
    if (word instanceof GroupWord.Hello hello) {
      own = hello.self().incarnation();
    } else if (word instanceof GroupWord.Answer answer) {
      own = answer.self().incarnation();
    }
    if (!here.isCutFrom(there)) {
      there.deliver(() -> there.handler().said(far(), word));
    }
  }

  @Override
  public void admit(Peer peer) {
    admitted = peer;
    here.admitted(this, peer);
  }

  @Override
  public void refuse(String reason) {
    admitted = null;
    there.deliver(() -> there.handler().refused(far(), reason));
    (dialled ? here : there).askAgain(dialled ? this : far());
  }

  boolean send(Message message) {
    Incarnation speaker = own;
    if (speaker == null || here.isCutFrom(there)) {
      return false;
    }
    Peer from = new Peer(here.node(), speaker);
    there.deliver(
        () -> {
          if (far().admitted != null) {
            there.handler().received(group, from, message);
          }
        });
    return true;
  }
}
