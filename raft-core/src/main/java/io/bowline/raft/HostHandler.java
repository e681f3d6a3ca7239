package io.bowline.raft;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.runtime.ReplyBuffer;
import io.bowline.raft.transport.GroupHello;
import io.bowline.raft.transport.TransportHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What comes in over the transport, handed to the group that it is for. Never blocks. */
final class HostHandler implements TransportHandler {
  /** One peer's directory, as one group knows it. */
  private record PeerDirectory(GroupId group, NodeId peer, Incarnation incarnation) {}

  private final RaftHost host;

  /** The highest start counter seen: a lower one is a restored copy, which forgot (DESIGN 13). */
  private final Map<PeerDirectory, Long> startCounters = new ConcurrentHashMap<>();

  HostHandler(RaftHost host) {
    this.host = host;
  }

  @Override
  public @Nullable String hello(NodeId peer, GroupHello hello) {
    RaftNode<?, ?> node = host.groups.get(hello.group());
    if (node == null) {
      return "node " + host.node() + " serves no group '" + hello.group() + "'";
    }
    long own = node.runtime().hello().initialHash();
    if (own != hello.initialHash()) {
      return String.format(
          java.util.Locale.ROOT,
          "group '%s' of node %s began with other members (list %08x, here %08x): bootstrap every"
              + " initial member with the same list",
          hello.group(),
          peer,
          hello.initialHash(),
          own);
    }
    PeerDirectory directory = new PeerDirectory(hello.group(), peer, hello.incarnation());
    long highest = startCounters.merge(directory, hello.startCounter(), Math::max);
    if (hello.startCounter() < highest) {
      return "node "
          + peer
          + " started as number "
          + hello.startCounter()
          + " of a directory that was seen at start "
          + highest
          + ": it is a restored copy that forgot votes; wipe it and let it join anew";
    }
    return null;
  }

  @Override
  public void connected(NodeId peer, GroupHello hello) {
    RaftNode<?, ?> node = host.groups.get(hello.group());
    if (node != null) {
      node.runtime().connected(peer, hello.incarnation());
    }
  }

  @Override
  public void received(NodeId peer, GroupHello hello, Message message) {
    RaftNode<?, ?> node = host.groups.get(hello.group());
    // A message speaks for who said hello on its connection, never for anybody else.
    if (node != null && message.from().equals(peer)) {
      node.runtime().received(message, hello.incarnation());
    }
  }

  @Override
  public void requests(List<ClientRequest> batch, ReplySink replies) {
    ReplyBuffer buffer = new ReplyBuffer(replies);
    int from = 0;
    while (from < batch.size()) {
      GroupId group = batch.get(from).group();
      int to = from + 1;
      while (to < batch.size() && batch.get(to).group().equals(group)) {
        to++;
      }
      RaftNode<?, ?> node = host.groups.get(group);
      if (node == null) {
        refuse(batch.subList(from, to), group, replies);
      } else {
        node.requests(batch.subList(from, to), buffer);
      }
      from = to;
    }
    buffer.flush();
  }

  private void refuse(List<ClientRequest> batch, GroupId group, ReplySink replies) {
    Refusal none = new Refusal.Closed("node " + host.node() + " serves no group '" + group + "'");
    List<ClientReply> refused = new ArrayList<>(batch.size());
    for (ClientRequest request : batch) {
      refused.add(new ClientReply.Refused(request.id(), none, null, null));
    }
    replies.reply(refused);
  }
}
