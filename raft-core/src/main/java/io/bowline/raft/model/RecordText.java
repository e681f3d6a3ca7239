package io.bowline.raft.model;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Any record as one line {@code Name component=value …}, and back: traces, the simulator and the
 * scenarios of the core share it. A component that is left out when reading is 0, false, none or
 * empty. Times are printed in ms where they are whole ones and read with any unit.
 *
 * <p>Shorter forms: an entry {@code 7@3}, a run {@code 7@3..9@3}, null {@code none}, a list {@code
 * [a b]}, a record within a record {@code Name{…}}, bytes {@code 0x0aff}. Of entries only index,
 * term and memberships are told: {@code 3@2..4@2+5@3:{n1#a n2}}; read back they are no-ops. A
 * member is {@code id:role#incarnation!priority^level/address}, each part but the id only where it
 * is not the usual one; a peer is {@code id#incarnation}.
 */
public final class RecordText {
  private RecordText() {}

  /** One line for a record. */
  public static String write(Object record) {
    StringBuilder out = new StringBuilder();
    RecordShape shape = RecordShape.of(record.getClass());
    out.append(shape.name());
    writeComponents(out, shape, record, " ");
    return out.toString();
  }

  /**
   * The record of a line.
   *
   * @param type the record, or a sealed interface of records
   * @throws IllegalArgumentException naming what cannot be read
   */
  public static <T> T read(String line, Class<T> type) {
    return type.cast(new RecordReader(line).record(type));
  }

  /** The records that a sealed interface permits, by name; of a record, itself. */
  public static Map<String, Class<?>> namesOf(Class<?> type) {
    Map<String, Class<?>> names = new TreeMap<>();
    if (type.isRecord()) {
      names.put(type.getSimpleName(), type);
    } else if (type.isSealed()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        names.putAll(namesOf(permitted));
      }
    }
    return names;
  }

  // ---- writing

  private static void writeComponents(
      StringBuilder out, RecordShape shape, Object record, String before) {
    String separator = before;
    for (RecordShape.Component component : shape.components()) {
      out.append(separator).append(component.name()).append('=');
      Object value = component.of(record);
      if (value instanceof Long nanos && component.isTime()) {
        writeTime(out, nanos);
      } else {
        writeValue(out, value);
      }
      separator = " ";
    }
  }

  private static void writeTime(StringBuilder out, long nanos) {
    if (nanos != 0 && nanos % 1_000_000 == 0) {
      out.append(nanos / 1_000_000).append("ms");
    } else {
      out.append(nanos);
    }
  }

  private static void writeValue(StringBuilder out, @Nullable Object value) {
    if (value == null) {
      out.append("none");
    } else if (value instanceof String text) {
      out.append('\'').append(text.replace("\\", "\\\\").replace("'", "\\'")).append('\'');
    } else if (value instanceof Enum<?> constant) {
      out.append(nameOf(constant));
    } else if (value instanceof List<?> list) {
      writeList(out, list);
    } else if (value instanceof TermRun run) {
      writeRun(out, run);
    } else if (value instanceof EntryBatch batch) {
      writeEntries(out, batch);
    } else if (value instanceof Membership membership) {
      writeMembership(out, membership);
    } else if (value instanceof Member member) {
      writeMember(out, member);
    } else if (value instanceof Incarnation incarnation) {
      writeIncarnation(out, incarnation);
    } else if (value instanceof Peer peer) {
      writeIncarnation(out.append(peer.id()).append('#'), peer.incarnation());
    } else if (value instanceof Payload payload) {
      writeBytes(out, payload);
    } else if (value instanceof EntryId || value instanceof NodeId) {
      out.append(value);
    } else if (value instanceof GroupId || value instanceof ClusterId) {
      out.append(value);
    } else if (value instanceof Record) {
      RecordShape shape = RecordShape.of(value.getClass());
      out.append(shape.name());
      if (!shape.components().isEmpty()) {
        writeComponents(out.append('{'), shape, value, "");
        out.append('}');
      }
    } else {
      out.append(value);
    }
  }

  static String nameOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static void writeList(StringBuilder out, List<?> list) {
    out.append('[');
    for (int i = 0; i < list.size(); i++) {
      out.append(i == 0 ? "" : " ");
      writeValue(out, list.get(i));
    }
    out.append(']');
  }

  private static void writeRun(StringBuilder out, TermRun run) {
    out.append(run.first()).append('@').append(run.term());
    if (run.last() != run.first()) {
      out.append("..").append(run.last()).append('@').append(run.term());
    }
  }

  /** Runs of one term, cut behind each membership entry. */
  private static void writeEntries(StringBuilder out, EntryBatch batch) {
    if (batch.isEmpty()) {
      out.append("[]");
      return;
    }
    List<EntryBatch.MembershipAt> memberships = batch.memberships();
    String separator = "";
    for (TermRun run : batch.termRuns()) {
      long first = run.first();
      for (EntryBatch.MembershipAt entry : memberships) {
        long index = entry.id().index();
        if (index >= first && index <= run.last()) {
          out.append(separator);
          writeRun(out, new TermRun(run.term(), first, index));
          out.append(':');
          writeMembership(out, entry.membership());
          separator = "+";
          first = index + 1;
        }
      }
      if (first <= run.last()) {
        out.append(separator);
        writeRun(out, new TermRun(run.term(), first, run.last()));
        separator = "+";
      }
    }
  }

  private static void writeMembership(StringBuilder out, Membership membership) {
    String separator = "{";
    for (Member member : membership.members()) {
      out.append(separator);
      writeMember(out, member);
      separator = " ";
    }
    if (!membership.settings().equals(GroupSettings.defaults())) {
      out.append(" | ");
      writeValue(out, membership.settings());
    }
    out.append('}');
  }

  private static void writeMember(StringBuilder out, Member member) {
    out.append(member.id());
    if (member.role() != MemberRole.VOTER) {
      out.append(':').append(nameOf(member.role()));
    }
    Incarnation incarnation = member.incarnation();
    if (incarnation != null) {
      out.append('#');
      writeIncarnation(out, incarnation);
    }
    if (member.priority() != 0) {
      out.append('!').append(member.priority());
    }
    if (member.featureLevel() != Membership.FEATURE_LEVEL) {
      out.append('^').append(member.featureLevel());
    }
    if (!member.address().isEmpty()) {
      out.append('/').append(member.address());
    }
  }

  private static void writeIncarnation(StringBuilder out, Incarnation incarnation) {
    if (incarnation.high() == 0) {
      out.append(Long.toHexString(incarnation.low()));
    } else {
      out.append(incarnation);
    }
  }

  private static void writeBytes(StringBuilder out, Payload payload) {
    out.append("0x");
    for (ByteBuffer bytes = payload.view(); bytes.hasRemaining(); ) {
      byte b = bytes.get();
      out.append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
    }
  }
}
