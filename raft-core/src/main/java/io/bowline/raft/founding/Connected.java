package io.bowline.raft.founding;

import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which directories are connected, by the streams on which each has spoken (identity 8). */
final class Connected {
  private final NodeId self;
  private final Incarnation own;
  private final Map<GroupLink, DirectoryState> spoken = new LinkedHashMap<>();

  Connected(NodeId self, Incarnation own) {
    this.self = self;
    this.own = own;
  }

  void said(GroupLink link, DirectoryState theirs) {
    spoken.put(link, theirs);
  }

  void closed(GroupLink link) {
    spoken.remove(link);
  }

  boolean has(NodeId id) {
    return spoken.keySet().stream().anyMatch(link -> link.peer().equals(id));
  }

  /** The least id of which two directories are there, this one included. */
  @Nullable NodeId twin() {
    Map<NodeId, Incarnation> seen = new TreeMap<>();
    seen.put(self, own);
    NodeId least = null;
    for (Map.Entry<GroupLink, DirectoryState> each : spoken.entrySet()) {
      NodeId id = each.getKey().peer();
      Incarnation incarnation = each.getValue().incarnation();
      Incarnation other = seen.putIfAbsent(id, incarnation);
      boolean isTwin = other != null && !other.equals(incarnation);
      if (isTwin && (least == null || id.compareTo(least) < 0)) {
        least = id;
      }
    }
    return least;
  }

  /** Where those of that id say that they listen, and where they are connected from. */
  List<String> addresses(NodeId id) {
    Set<String> addresses = new LinkedHashSet<>();
    for (Map.Entry<GroupLink, DirectoryState> each : spoken.entrySet()) {
      if (each.getKey().peer().equals(id)) {
        DirectoryState state = each.getValue();
        addresses.add(
            state.address() + " from " + each.getKey().remote() + ", " + state.incarnation());
      }
    }
    return List.copyOf(addresses);
  }
}
