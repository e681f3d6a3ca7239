package io.bowline.raft.grpc;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.transport.GroupHello;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What was said on one stream about its groups. A group's messages pass in both directions when it
 * is greeted: both sides said hello and neither refused. Safe from any thread.
 */
final class Greetings {
  /** More groups on one stream are a fault of the other side. */
  static final int MAX_GROUPS = 1 << 16;

  private final Map<GroupId, Integer> numbers = new HashMap<>();
  private final Map<GroupId, Integer> greeted = new ConcurrentHashMap<>();
  private final Map<Integer, GroupHello> heard = new ConcurrentHashMap<>();

  /** The number by which this side calls the group on this stream. */
  synchronized int number(GroupId group) {
    return numbers.computeIfAbsent(group, g -> numbers.size() + 1);
  }

  /** Both hellos were said and are welcome. */
  void greet(Packet.GroupHelloSaid said) {
    GroupHello hello = said.hello();
    heard.put(said.number(), hello);
    greeted.put(hello.group(), number(hello.group()));
  }

  /** Nothing of that group passes any more, until it is greeted again. */
  void part(GroupId group) {
    greeted.remove(group);
    heard.values().removeIf(hello -> hello.group().equals(group));
  }

  /** This side's number of a group that may be spoken of; {@code null} of another one. */
  @Nullable Integer greeted(GroupId group) {
    return greeted.get(group);
  }

  /** The hello of the group by which the other side called it; {@code null} if not greeted. */
  @Nullable GroupHello heard(int number) {
    return heard.get(number);
  }
}
