package io.bowline.raft.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to a group and by which rules; effective as soon as its entry is appended (§6).
 *
 * @param members sorted by id, each once
 * @param settings what is the same for all
 */
public record Membership(List<Member> members, GroupSettings settings) {
  /** The newest format that this library reads and writes. */
  public static final int FEATURE_LEVEL = 1;

  private static final int FORMAT = 1;
  private static final int MAX_MEMBERS = 64;

  /** Sorts the members; refuses a duplicate id, more than 64 members, and a group of no voter. */
  public Membership {
    members = members.stream().sorted(Comparator.comparing(Member::id)).toList();
    Set<NodeId> seen = new LinkedHashSet<>();
    for (Member member : members) {
      if (!seen.add(member.id())) {
        throw new IllegalArgumentException(
            "member '" + member.id() + "' is named twice: give each node an id of its own");
      }
    }
    if (members.size() > MAX_MEMBERS) {
      throw new IllegalArgumentException(members.size() + " members are over the limit of 64");
    }
    if (members.stream().noneMatch(m -> m.role().votesIncoming())) {
      throw new IllegalArgumentException("a membership needs at least one voter");
    }
  }

  /** The initial voters of a new group under the default settings. */
  public static Membership of(Member... members) {
    return new Membership(List.of(members), GroupSettings.defaults());
  }

  /** That member, or {@code null} if the membership does not name it. */
  public @Nullable Member member(NodeId id) {
    for (Member member : members) {
      if (member.id().equals(id)) {
        return member;
      }
    }
    return null;
  }

  /** Whether two majorities have to agree. */
  public boolean isJoint() {
    return members.stream().anyMatch(m -> m.role().isJoint());
  }

  /** The same membership with that member's directory named: how a founding record is made. */
  public Membership naming(NodeId id, Incarnation directory) {
    return new Membership(
        members.stream().map(m -> m.id().equals(id) ? m.named(directory) : m).toList(), settings);
  }

  /** Whether it names that very directory: only such a one counts (identity 13). */
  public boolean names(Peer peer) {
    for (Member member : members) {
      if (member.is(peer)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Of ids, roles and settings, without addresses, incarnations and members' feature levels: what
   * the initial lists of one group have in common (identity 9).
   */
  public long listHash() {
    List<Member> bare =
        members.stream().map(m -> new Member(m.id(), null, "", m.role(), m.priority(), 1)).toList();
    return FoundingId.of(new Membership(bare, settings.withFeatureLevel(1))).high();
  }

  /** CRC32C of the encoded form: a handshake compares the initial lists by it. */
  public long hash() {
    CRC32C crc = new CRC32C();
    crc.update(encode());
    return crc.getValue();
  }

  /** The payload of a membership entry (docs/design/log-format.md). */
  public byte[] encode() {
    int size = 4 + 8 + 4 + 4 + 8 + 8 + 4;
    for (Member member : members) {
      size += 3 + utf8(member.id().value()).length + utf8(member.address()).length + 1 + 16 + 1 + 8;
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.putShort((short) FORMAT).putShort((short) members.size());
    out.putLong(settings.sessionLifetimeNanos()).putInt(settings.maxSessions());
    out.putInt(settings.maxRepliesPerSession()).putLong(settings.maxReplyBytes());
    out.putLong(settings.leaseBoundNanos()).putInt(settings.featureLevel());
    for (Member member : members) {
      byte[] id = utf8(member.id().value());
      byte[] address = utf8(member.address());
      out.put((byte) id.length).put(id).putShort((short) address.length).put(address);
      Incarnation incarnation = member.incarnation();
      out.put((byte) (incarnation == null ? 0 : 1));
      out.putLong(incarnation == null ? 0 : incarnation.high());
      out.putLong(incarnation == null ? 0 : incarnation.low());
      out.put(member.role().code()).putInt(member.priority());
      out.putInt(member.featureLevel());
    }
    return out.array();
  }

  /** Reads what {@link #encode} wrote; throws IllegalArgumentException on anything else. */
  public static Membership decode(ByteBuffer bytes) {
    try {
      ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
      int format = in.getShort();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "membership format " + format + " needs a newer version than feature level 1");
      }
      int count = in.getShort();
      GroupSettings settings =
          new GroupSettings(
              in.getLong(), in.getInt(), in.getInt(), in.getLong(), in.getLong(), in.getInt());
      if (!settings.areUsable()) {
        throw new IllegalArgumentException("a membership entry holds " + settings);
      }
      List<Member> members = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        NodeId id = NodeId.of(text(in, in.get()));
        String address = text(in, Short.toUnsignedInt(in.getShort()));
        boolean named = in.get() == 1;
        Incarnation incarnation = new Incarnation(in.getLong(), in.getLong());
        members.add(
            new Member(
                id,
                named ? incarnation : null,
                address,
                MemberRole.of(in.get()),
                in.getInt(),
                in.getInt()));
      }
      return new Membership(members, settings);
    } catch (java.nio.BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("a membership entry ends too early", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a membership entry ends too early");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
