package io.bowline.raft;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.runtime.NodeRuntime;
import io.bowline.raft.runtime.ReplyBuffer;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import io.bowline.raft.transport.TransportHandler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What comes in over the transport, handed to the group that it is for. Never blocks. */
final class HostHandler implements TransportHandler {
  private final RaftHost host;

  HostHandler(RaftHost host) {
    this.host = host;
  }

  private @Nullable NodeRuntime runtime(GroupId group) {
    RaftNode<?, ?> node = host.groups.get(group);
    return node == null ? null : node.runtime();
  }

  @Override
  public void opened(GroupLink link) {
    NodeRuntime runtime = runtime(link.group());
    if (runtime != null) {
      runtime.opened(link);
    }
  }

  @Override
  public void said(GroupLink link, GroupWord word) {
    NodeRuntime runtime = runtime(link.group());
    if (runtime != null) {
      runtime.said(link, word);
    }
  }

  @Override
  public void refused(GroupLink link, String reason) {
    NodeRuntime runtime = runtime(link.group());
    if (runtime != null) {
      runtime.refused(link, reason);
    }
  }

  @Override
  public void closed(GroupLink link) {
    NodeRuntime runtime = runtime(link.group());
    if (runtime != null) {
      runtime.closed(link);
    }
  }

  @Override
  public void received(GroupId group, Peer from, Message message) {
    NodeRuntime runtime = runtime(group);
    // A message speaks for who said hello on its connection, never for anybody else.
    if (runtime != null && message.from().equals(from.id())) {
      runtime.received(message, from.incarnation());
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
        take(node, batch.subList(from, to), replies, buffer);
      }
      from = to;
    }
    buffer.flush();
  }

  /** Memory that runs out in a codec ends the node, and not the transport's thread. */
  private static void take(
      RaftNode<?, ?> node, List<ClientRequest> batch, ReplySink replies, ReplyBuffer buffer) {
    try {
      node.requests(batch, replies.greetings(), buffer);
    } catch (Throwable e) {
      node.runtime().threw("the codec of commands", e);
    }
  }

  private void refuse(List<ClientRequest> batch, GroupId group, ReplySink replies) {
    Refusal none =
        new Refusal.NotServed("node " + host.node() + " serves no group '" + group + "'");
    List<ClientReply> refused = new ArrayList<>(batch.size());
    for (ClientRequest request : batch) {
      refused.add(new ClientReply.Refused(request.id(), none, null, null));
    }
    replies.reply(refused);
  }
}
