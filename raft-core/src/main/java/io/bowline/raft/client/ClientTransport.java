package io.bowline.raft.client;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import java.util.List;

/**
 * How a client reaches nodes; implemented by the gRPC module and by the simulated network. Safe
 * from any thread; never blocks.
 */
public interface ClientTransport extends AutoCloseable {
  /**
   * Begins to connect; returns at once.
   *
   * @param address {@code host:port} of a node
   * @param listener told what becomes of it, on transport threads
   * @return the connection, not open yet
   */
  Connection connect(String address, Listener listener);

  /** Closes all connections. */
  @Override
  void close();

  /** One connection to one node. */
  interface Connection {
    /**
     * Sends a batch.
     *
     * @param batch requests whose ids are new on this connection
     * @return false if nothing was sent: not open, closed, or its queue is full
     */
    boolean send(List<ClientRequest> batch);

    /** Closes it behind what was sent; {@link Listener#closed} follows. */
    void close();
  }

  /** What a connection tells. */
  interface Listener {
    /** It is open. */
    void opened();

    /**
     * Answers came.
     *
     * @param replies in any order
     */
    void replies(List<ClientReply> replies);

    /** There is room again after a {@code send} that returned false. */
    void writable();

    /**
     * It is closed, once and for good; what was sent and not answered is unknown.
     *
     * @param reason a sentence
     */
    void closed(String reason);
  }
}
