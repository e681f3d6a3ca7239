package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Whom this host dials: two connections to each peer of any group, whichever wants it. */
final class PeerLinks {
  private record Links(PeerLink control, PeerLink entries) {
    List<PeerLink> both() {
      return List.of(control, entries);
    }
  }

  private final PeerContext context;

  /** What was said by {@link #peers}, by the group's name; guarded by this. */
  private final Map<String, Map<NodeId, List<String>>> members = new TreeMap<>();

  private final Map<NodeId, Links> links = new ConcurrentHashMap<>();

  PeerLinks(PeerContext context) {
    this.context = context;
  }

  synchronized void peers(GroupId group, Map<NodeId, List<String>> addresses) {
    Map<NodeId, List<String>> dialable = new LinkedHashMap<>();
    addresses.forEach(
        (peer, where) -> {
          List<String> usable = where.stream().filter(one -> isDialable(peer, one)).toList();
          if (!usable.isEmpty() && !peer.equals(context.local.node())) {
            dialable.put(peer, usable);
          }
        });
    members.put(group.value(), dialable);
    connect();
  }

  synchronized void forget(GroupId group) {
    members.remove(group.value());
    connect();
  }

  /** A membership entry may hold anything; the other members are served all the same. */
  private boolean isDialable(NodeId peer, String address) {
    try {
      HostPort.parse("address of member " + peer, address);
      return true;
    } catch (IllegalArgumentException e) {
      context.warnings.warn("a member cannot be reached", peer, Bounds.text(e));
      return false;
    }
  }

  /** Brings the links in line with what the groups want. */
  private void connect() {
    Map<NodeId, Set<String>> wanted = new HashMap<>();
    Map<NodeId, Set<GroupId>> groups = new HashMap<>();
    members.forEach(
        (group, addresses) ->
            addresses.forEach(
                (peer, where) -> {
                  wanted.computeIfAbsent(peer, p -> new LinkedHashSet<>()).addAll(where);
                  groups.computeIfAbsent(peer, p -> new LinkedHashSet<>()).add(GroupId.of(group));
                }));
    for (NodeId peer : List.copyOf(links.keySet())) {
      if (!wanted.containsKey(peer)) {
        drop(peer);
      }
    }
    wanted.forEach(
        (peer, where) ->
            connect(peer, List.copyOf(where), Set.copyOf(groups.getOrDefault(peer, Set.of()))));
  }

  private void connect(NodeId peer, List<String> addresses, Set<GroupId> groups) {
    Links known = links.get(peer);
    if (known != null) {
      for (PeerLink link : known.both()) {
        link.groups(groups);
        link.addresses(addresses);
      }
      return;
    }
    Links made =
        new Links(
            new PeerLink(context, peer, addresses, ConnectionKind.CONTROL),
            new PeerLink(context, peer, addresses, ConnectionKind.ENTRIES));
    links.put(peer, made);
    for (PeerLink link : made.both()) {
      link.groups(groups);
      context.after(0, link::dial); // not here: to make a channel takes its time
    }
  }

  private void drop(NodeId peer) {
    Links gone = links.remove(peer);
    if (gone != null) {
      gone.both().forEach(PeerLink::close);
    }
  }

  /** The host serves other groups now. */
  void refresh() {
    links.values().forEach(of -> of.both().forEach(PeerLink::refresh));
  }

  /** That peer has dialled this host. */
  void seen(NodeId peer) {
    Links known = links.get(peer);
    if (known != null) {
      known.both().forEach(PeerLink::nudge);
    }
  }

  synchronized void close() {
    members.clear();
    new ArrayList<>(links.keySet()).forEach(this::drop);
  }
}
