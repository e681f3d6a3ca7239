package io.bowline.raft.grpc;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.transport.GroupWord;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Any value of a record, and of a sealed interface any of all its records: a case that is added
 * later is tried without a word here. Numbers are as large as ours may be.
 */
final class AnyRecord {
  private static final Arbitrary<String> NAMES =
      Arbitraries.strings()
          .withChars("abcXYZ019._-")
          .ofMinLength(1)
          .ofMaxLength(62)
          .map(n -> "n" + n);

  private static final Membership RECORD =
      Membership.of(
          Member.voter(NodeId.of("n1"), "a:1").named(new Incarnation(1, -1)),
          Member.voter(NodeId.of("n2"), "b:2").named(new Incarnation(-2, 2)));

  private AnyRecord() {}

  static <T> Arbitrary<T> of(Class<T> type) {
    return any(type).map(type::cast);
  }

  private static Arbitrary<?> any(Type type) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return any(list.getActualTypeArguments()[0]).list().ofMaxSize(64);
    }
    Class<?> raw = (Class<?>) type;
    if (raw == long.class) {
      return Arbitraries.longs().between(0, Bounds.LARGEST);
    } else if (raw == int.class) {
      return Arbitraries.integers().between(0, Integer.MAX_VALUE);
    } else if (raw == boolean.class) {
      return Arbitraries.of(true, false);
    } else if (raw == String.class) {
      return Arbitraries.strings().ofMinLength(1).ofMaxLength(100).map(Bounds::text);
    } else if (raw == NodeId.class) {
      return NAMES.map(NodeId::of);
    } else if (raw == GroupId.class) {
      return NAMES.map(GroupId::of);
    } else if (raw == ClusterId.class) {
      return NAMES.map(ClusterId::of);
    } else if (raw == Payload.class) {
      return bytes().map(Payload::of);
    } else if (raw == EntryBatch.class) {
      return batch();
    } else if (raw == Founding.class) {
      return Arbitraries.of(Founding.FRESH, Founding.written(RECORD), Founding.complete(RECORD));
    } else if (raw == StartPair.class) {
      return Combinators.combine(ordinals(), Arbitraries.longs()).as(StartPair::new);
    } else if (raw == Packet.Said.class) {
      return Combinators.combine(
              Arbitraries.integers().between(1, PeerStream.MAX_GROUPS), any(GroupWord.class))
          .as((number, word) -> new Packet.Said(number, (GroupWord) word));
    } else if (raw == Message.AppendEntries.class) {
      return append();
    } else if (raw.isSealed()) {
      return Arbitraries.oneOf(
          Arrays.stream(raw.getPermittedSubclasses()).map(AnyRecord::any).toList());
    } else if (raw.isRecord()) {
      return record(raw);
    }
    throw new AssertionError("no values of " + raw + " are known here: add them");
  }

  private static Arbitrary<Long> ordinals() {
    return Arbitraries.longs().between(1, Bounds.LARGEST);
  }

  /** No frame and no entry before is of a later term than the message. */
  private static Arbitrary<Message.AppendEntries> append() {
    return Combinators.combine(
            NAMES.map(NodeId::of),
            Arbitraries.longs().between(1L << 40, Bounds.LARGEST),
            Arbitraries.integers().between(0, Integer.MAX_VALUE),
            Arbitraries.longs().between(0, 1L << 40),
            batch(),
            ordinals())
        .as(
            (from, term, session, before, entries, commit) ->
                new Message.AppendEntries(
                    from, term, session, new EntryId(before, before), entries, commit));
  }

  private static Arbitrary<byte[]> bytes() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
  }

  private static Arbitrary<?> record(Class<?> type) {
    List<Arbitrary<Object>> values = new ArrayList<>();
    List<Class<?>> types = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      boolean isNumber =
          GroupWord.class.isAssignableFrom(type) && component.getName().equals("number");
      Arbitrary<?> value = isNumber ? ordinals() : any(component.getGenericType());
      values.add(value.asGeneric());
      types.add(component.getType());
    }
    if (values.isEmpty()) {
      return Arbitraries.just(make(type, types, List.of()));
    }
    return Combinators.combine(values).as(arguments -> make(type, types, arguments));
  }

  private static Object make(Class<?> type, List<Class<?>> types, List<?> arguments) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types.toArray(new Class<?>[0]));
      constructor.setAccessible(true);
      return constructor.newInstance(arguments.toArray());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot make a " + type, e);
    }
  }

  /** Up to 20 entries in one to three arrays. */
  private static Arbitrary<EntryBatch> batch() {
    Arbitrary<EntryBatch> some =
        Combinators.combine(
                bytes().list().ofMinSize(1).ofMaxSize(20),
                Arbitraries.longs().between(1, 1L << 40),
                Arbitraries.longs().between(1, 1L << 40))
            .as(AnyRecord::batch);
    Arbitrary<EntryBatch> joined =
        some.filter(batch -> batch.count() > 2)
            .map(
                batch ->
                    EntryBatch.join(
                        List.of(
                            batch.range(batch.firstIndex(), batch.firstIndex()),
                            batch.range(batch.firstIndex() + 1, batch.lastIndex()))));
    return Arbitraries.oneOf(Arbitraries.just(EntryBatch.EMPTY), some, joined);
  }

  private static EntryBatch batch(List<byte[]> payloads, long first, long term) {
    long total = payloads.stream().mapToLong(p -> p.length).sum();
    EntryBatch.Builder builder =
        EntryBatch.builder(new EntryId(first, term), payloads.size(), total, 17);
    payloads.forEach(payload -> builder.add(EntryType.COMMAND, payload));
    return builder.build();
  }
}
