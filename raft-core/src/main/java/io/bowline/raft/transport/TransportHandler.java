package io.bowline.raft.transport;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a transport tells its host. Called on transport threads; never blocks. */
public interface TransportHandler {
  /**
   * A peer said hello for a group on a connection. Before this returned {@code null} no message of
   * that group passes on that connection.
   *
   * @return why it is refused, in a sentence that both sides log once; {@code null} if welcome
   */
  @Nullable String hello(NodeId peer, GroupHello hello);

  /**
   * This host's own connection for entries to that peer is open and both hellos were said: time for
   * a new replication session.
   */
  void connected(NodeId peer, GroupHello hello);

  /** A message, by the incarnation that said hello on its connection. */
  void received(NodeId peer, GroupHello hello, Message message);

  /** A client's requests, a batch; each is answered once, in any order, by any thread. */
  void requests(List<ClientRequest> batch, ReplySink replies);

  /** The client's connection, as a place for answers; safe from any thread, never blocks. */
  @FunctionalInterface
  interface ReplySink {
    /** Answers some requests; those of a connection that is gone go nowhere. */
    void reply(List<ClientReply> replies);
  }
}
