package io.bowline.raft.model;

import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what {@link RecordText} writes, from left to right. */
final class RecordReader {
  private final String text;
  private int at;

  RecordReader(String text) {
    this.text = text;
  }

  /** A whole line. */
  Object record(Class<?> type) {
    Object record = components(shapeOf(word(), type));
    skipSpaces();
    if (at < text.length()) {
      throw refuse("'" + text.substring(at) + "' is left over");
    }
    return record;
  }

  private RecordShape shapeOf(String name, Class<?> type) {
    Map<String, Class<?>> names = RecordText.namesOf(type);
    Class<?> found = names.get(name);
    if (found == null) {
      throw refuse("'" + name + "' is none of " + names.keySet());
    }
    return RecordShape.of(found);
  }

  /** {@code name=value} until the line or the braces end. */
  private Object components(RecordShape shape) {
    List<RecordShape.Component> components = shape.components();
    @Nullable Object[] values = new Object[components.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = absent(components.get(i).type());
    }
    for (skipSpaces(); at < text.length() && text.charAt(at) != '}'; skipSpaces()) {
      String name = word();
      expect('=');
      int i = 0;
      while (i < values.length && !components.get(i).name().equals(name)) {
        i++;
      }
      if (i == values.length) {
        throw refuse(shape.name() + " has no component '" + name + "'");
      }
      values[i] = value(components.get(i));
    }
    return shape.create(values);
  }

  private static @Nullable Object absent(Class<?> type) {
    if (type == long.class) {
      return 0L;
    } else if (type == int.class) {
      return 0;
    } else if (type == boolean.class) {
      return false;
    } else if (type == List.class) {
      return List.of();
    } else if (type == EntryBatch.class) {
      return EntryBatch.EMPTY;
    } else if (type == EntryId.class) {
      return EntryId.ZERO;
    } else if (type == Payload.class) {
      return Payload.EMPTY;
    }
    return null;
  }

  private @Nullable Object value(RecordShape.Component component) {
    if (component.type() == List.class) {
      Class<?> element =
          (Class<?>) ((ParameterizedType) component.genericType()).getActualTypeArguments()[0];
      return list(element);
    }
    return value(component.type());
  }

  private List<Object> list(Class<?> element) {
    List<Object> values = new ArrayList<>();
    expect('[');
    for (skipSpaces(); !accept(']'); skipSpaces()) {
      Object value = value(element);
      if (value != null) {
        values.add(value);
      }
    }
    return List.copyOf(values);
  }

  private @Nullable Object value(Class<?> type) {
    if (type == EntryBatch.class) {
      return entries();
    } else if (type == String.class && accept('\'')) {
      return quoted();
    } else if (type == Membership.class && text.startsWith("{", at)) {
      return membership();
    }
    String word = word();
    if (word.equals("none")) {
      return null;
    } else if (type == String.class) {
      return word;
    } else if (type == long.class) {
      return number(word);
    } else if (type == int.class) {
      return Math.toIntExact(number(word));
    } else if (type == boolean.class) {
      return Boolean.valueOf(word);
    } else if (type == EntryId.class) {
      return entryId(word);
    } else if (type == TermRun.class) {
      return run(word);
    } else if (type == NodeId.class) {
      return NodeId.of(word);
    } else if (type == GroupId.class) {
      return GroupId.of(word);
    } else if (type == ClusterId.class) {
      return ClusterId.of(word);
    } else if (type == Incarnation.class) {
      return incarnation(word);
    } else if (type == Peer.class) {
      return new Peer(NodeId.of(cut(word, '#')), incarnation(part(word, '#', "0")));
    } else if (type == Payload.class) {
      return bytes(word);
    } else if (type == Member.class) {
      return member(word);
    } else if (type.isEnum()) {
      return constant(word, type);
    }
    RecordShape shape = shapeOf(word, type);
    if (shape.components().isEmpty()) {
      return shape.create(new Object[0]);
    }
    expect('{');
    Object record = components(shape);
    expect('}');
    return record;
  }

  // ---- short forms

  private long number(String word) {
    int digits = word.length();
    while (digits > 0 && Character.isLetter(word.charAt(digits - 1))) {
      digits--;
    }
    long unit =
        switch (word.substring(digits)) {
          case "", "ns" -> 1;
          case "us" -> 1_000;
          case "ms" -> 1_000_000;
          case "s" -> 1_000_000_000;
          default -> throw refuse("'" + word + "' has an unknown unit");
        };
    try {
      return Math.multiplyExact(Long.parseLong(word.substring(0, digits)), unit);
    } catch (NumberFormatException e) {
      throw refuse("'" + word + "' is no number");
    }
  }

  private EntryId entryId(String word) {
    int between = word.indexOf('@');
    if (between < 0) {
      throw refuse("'" + word + "' is no index@term");
    }
    return new EntryId(number(word.substring(0, between)), number(word.substring(between + 1)));
  }

  private TermRun run(String word) {
    int between = word.indexOf("..");
    EntryId first = entryId(between < 0 ? word : word.substring(0, between));
    EntryId last = between < 0 ? first : entryId(word.substring(between + 2));
    if (first.term() != last.term()) {
      throw refuse("'" + word + "' has two terms: write the runs of a batch with + between them");
    }
    return new TermRun(first.term(), first.index(), last.index());
  }

  private EntryBatch entries() {
    if (accept('[')) {
      expect(']');
      return EntryBatch.EMPTY;
    }
    List<EntryBatch> batches = new ArrayList<>();
    do {
      TermRun run = run(word());
      byte[] last = accept(':') ? membership().encode() : new byte[0];
      int count = (int) (run.last() - run.first() + 1);
      EntryBatch.Builder builder =
          EntryBatch.builder(new EntryId(run.first(), run.term()), count, last.length, 0);
      for (int i = 1; i < count; i++) {
        builder.add(EntryType.NO_OP, new byte[0]);
      }
      builder.add(last.length == 0 ? EntryType.NO_OP : EntryType.MEMBERSHIP, last);
      batches.add(builder.build());
    } while (accept('+'));
    return EntryBatch.join(batches);
  }

  private Membership membership() {
    List<Member> members = new ArrayList<>();
    GroupSettings settings = GroupSettings.defaults();
    expect('{');
    for (skipSpaces(); !accept('}'); skipSpaces()) {
      if (accept('|')) {
        skipSpaces();
        settings = (GroupSettings) value(GroupSettings.class);
      } else {
        members.add(member(memberWord()));
      }
    }
    return new Membership(members, settings == null ? GroupSettings.defaults() : settings);
  }

  private static Member member(String word) {
    String address = part(word, '/', "");
    String head = cut(word, '/');
    int level = Integer.parseInt(part(head, '^', "" + Membership.FEATURE_LEVEL));
    head = cut(head, '^');
    int priority = Integer.parseInt(part(head, '!', "0"));
    head = cut(head, '!');
    String named = part(head, '#', "");
    head = cut(head, '#');
    String role = part(head, ':', "voter");
    return new Member(
        NodeId.of(cut(head, ':')),
        named.isEmpty() ? null : incarnation(named),
        address,
        (MemberRole) constant(role, MemberRole.class),
        priority,
        level);
  }

  private static String part(String word, char sign, String otherwise) {
    int start = word.indexOf(sign);
    return start < 0 ? otherwise : word.substring(start + 1);
  }

  private static String cut(String word, char sign) {
    int start = word.indexOf(sign);
    return start < 0 ? word : word.substring(0, start);
  }

  private static Incarnation incarnation(String word) {
    return word.length() == 32
        ? Incarnation.parse(word)
        : new Incarnation(0, Long.parseUnsignedLong(word, 16));
  }

  private static Payload bytes(String word) {
    byte[] bytes = new byte[word.length() / 2 - 1];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(word, 2 * i + 2, 2 * i + 4, 16);
    }
    return Payload.of(bytes);
  }

  private static Object constant(String word, Class<?> type) {
    for (Object constant : type.getEnumConstants()) {
      if (RecordText.nameOf((Enum<?>) constant).equals(word)) {
        return constant;
      }
    }
    throw new IllegalArgumentException("'" + word + "' is none of " + type.getSimpleName());
  }

  private String quoted() {
    StringBuilder out = new StringBuilder();
    while (!accept('\'')) {
      if (text.startsWith("\\", at)) {
        at++;
      }
      if (at >= text.length()) {
        throw refuse("a quotation does not end");
      }
      out.append(text.charAt(at++));
    }
    return out.toString();
  }

  // ---- characters

  private String word() {
    return wordUntil(" ={}[]+:");
  }

  private String memberWord() {
    return wordUntil(" {}[]|");
  }

  private String wordUntil(String ends) {
    skipSpaces();
    int start = at;
    while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    if (at == start) {
      throw refuse("a word is missing");
    }
    return text.substring(start, at);
  }

  private void skipSpaces() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private boolean accept(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!accept(c)) {
      throw refuse("'" + c + "' is missing");
    }
  }

  private IllegalArgumentException refuse(String why) {
    return new IllegalArgumentException(why + " at character " + at + " of: " + text);
  }
}
