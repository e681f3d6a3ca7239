package io.bowline.raft.transport;

import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.GroupId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which founding of each group the client at the other end of one connection was told (identity
 * 20): kept by the connection, for the host. Safe from any thread.
 */
public final class Greetings {
  private final Map<GroupId, FoundingId> told = new ConcurrentHashMap<>();

  /** Of a new connection: nothing was told yet. */
  public Greetings() {}

  /** The client was told so, and goes on with that group. */
  public void tell(GroupId group, FoundingId founding) {
    told.put(group, founding);
  }

  /** It asked for another one. */
  public void forget(GroupId group) {
    told.remove(group);
  }

  /** What it was told last; {@code null} if it has not asked, or was refused. */
  public @Nullable FoundingId told(GroupId group) {
    return told.get(group);
  }
}
