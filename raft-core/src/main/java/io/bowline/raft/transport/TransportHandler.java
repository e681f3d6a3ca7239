package io.bowline.raft.transport;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.Peer;
import java.util.List;

/** What a transport tells its host. Called on transport threads; never blocks. */
public interface TransportHandler {
  /**
   * A stream that this host has dialled may carry the group, or may be asked again after a refusal:
   * time for a {@link GroupWord.Hello}.
   */
  void opened(GroupLink link);

  /** The other side said a word of the handshake; in the order of the stream. */
  void said(GroupLink link, GroupWord word);

  /** The other side refused the group on that stream, and why. */
  void refused(GroupLink link, String reason);

  /** That stream is gone, or carries the group no more: of the peer nothing comes on it. */
  void closed(GroupLink link);

  /** A message on a link that was admitted, of the directory it was admitted for. */
  void received(GroupId group, Peer from, Message message);

  /** A client's requests, a batch; each is answered once, in any order, by any thread. */
  void requests(List<ClientRequest> batch, ReplySink replies);

  /** The client's connection, as a place for answers; safe from any thread, never blocks. */
  interface ReplySink {
    /** Answers some requests; those of a connection that is gone go nowhere. */
    void reply(List<ClientReply> replies);

    /** What the host keeps for this connection, made with it: the same one each time. */
    Greetings greetings();
  }
}
