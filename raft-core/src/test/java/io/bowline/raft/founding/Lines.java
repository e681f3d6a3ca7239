package io.bowline.raft.founding;

import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
import java.util.ArrayList;
import java.util.List;

/** What the tests of the founding share: nodes n1 to n5, their directories, a stream as a name. */
final class Lines {
  private Lines() {}

  /** Two streams are the same if they have the same name. */
  record Line(NodeId peer, String name) implements GroupLink {
    @Override
    public GroupId group() {
      return GroupId.of("g");
    }

    @Override
    public boolean isDialled() {
      return true;
    }

    @Override
    public boolean isForEntries() {
      return false;
    }

    @Override
    public String remote() {
      return name;
    }

    @Override
    public void say(GroupWord word) {}

    @Override
    public void admit(Peer peer) {}

    @Override
    public void refuse(String reason) {}
  }

  static Line line(int node, String name) {
    return new Line(id(node), name);
  }

  static NodeId id(int node) {
    return NodeId.of("n" + node);
  }

  /** The list of n1 to that one. */
  static Membership list(int size) {
    List<Member> members = new ArrayList<>();
    for (int node = 1; node <= size; node++) {
      members.add(Member.voter(id(node), "host" + node + ":1"));
    }
    return Membership.of(members.toArray(Member[]::new));
  }

  /** The directory of that node with that number. */
  static Incarnation directory(int node, int number) {
    return new Incarnation(node, number);
  }

  /** The record that names that directory of each node, n1 first. */
  static Membership record(int... directories) {
    Membership list = list(directories.length);
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < directories.length; i++) {
      members.add(list.members().get(i).named(directory(i + 1, directories[i])));
    }
    return new Membership(members, list.settings());
  }

  static DirectoryState state(int node, int directory, Founding founding, Membership list) {
    return new DirectoryState(
        directory(node, directory),
        new StartPair(1, 1),
        founding,
        list.listHash(),
        Membership.FEATURE_LEVEL,
        "host" + node + ":1");
  }
}
