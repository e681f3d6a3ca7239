package io.bowline.raft.testkit;

/**
 * What a client asks: a command, which is replicated, or a query, which changes nothing.
 *
 * @param value what is asked
 * @param query whether it is a query
 * @param <C> the embedder's commands and queries
 */
public record Request<C>(C value, boolean query) {
  @Override
  public String toString() {
    return (query ? "query " : "command ") + value;
  }
}
