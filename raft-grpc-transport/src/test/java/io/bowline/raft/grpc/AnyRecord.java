package io.bowline.raft.grpc;

import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Payload;
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
 * later is tried without a word here. Numbers are natural, as all of ours are.
 */
final class AnyRecord {
  private static final Arbitrary<String> NAMES =
      Arbitraries.strings().withChars("abcXYZ019._-").ofMinLength(1).ofMaxLength(63);

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
      return Arbitraries.longs().between(0, Long.MAX_VALUE);
    } else if (raw == int.class) {
      return Arbitraries.integers().between(0, Integer.MAX_VALUE);
    } else if (raw == boolean.class) {
      return Arbitraries.of(true, false);
    } else if (raw == String.class) {
      return Arbitraries.strings().ofMinLength(1).ofMaxLength(100);
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
    } else if (raw.isSealed()) {
      return Arbitraries.oneOf(
          Arrays.stream(raw.getPermittedSubclasses()).map(AnyRecord::any).toList());
    } else if (raw.isRecord()) {
      return record(raw);
    }
    throw new AssertionError("no values of " + raw + " are known here: add them");
  }

  private static Arbitrary<byte[]> bytes() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
  }

  private static Arbitrary<?> record(Class<?> type) {
    List<Arbitrary<Object>> values = new ArrayList<>();
    List<Class<?>> types = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      values.add(any(component.getGenericType()).asGeneric());
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
