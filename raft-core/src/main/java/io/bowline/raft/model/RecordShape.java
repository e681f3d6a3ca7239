package io.bowline.raft.model;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How to take a record apart and put it together; found out once for each record. */
final class RecordShape {
  private static final ClassValue<RecordShape> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return new RecordShape(type);
        }
      };

  /** One component. */
  record Component(String name, Class<?> type, Type genericType, MethodHandle accessor) {
    @Nullable Object of(Object record) {
      try {
        return accessor.invoke(record);
      } catch (Throwable e) {
        throw new IllegalStateException("cannot read component " + name, e);
      }
    }

    /** Whether it is a time or a duration in ns. */
    boolean isTime() {
      return name.endsWith("Nanos") || name.endsWith("Time") || name.equals("time");
    }
  }

  private final String name;
  private final List<Component> components = new ArrayList<>();
  private final MethodHandle constructor;

  private RecordShape(Class<?> type) {
    name = type.getSimpleName();
    RecordComponent[] parts = type.getRecordComponents();
    if (parts == null) {
      throw new IllegalArgumentException(type + " is no record");
    }
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      MethodType signature = MethodType.methodType(void.class);
      for (RecordComponent part : parts) {
        signature = signature.appendParameterTypes(part.getType());
        MethodHandle accessor = lookup.unreflect(part.getAccessor());
        components.add(
            new Component(part.getName(), part.getType(), part.getGenericType(), accessor));
      }
      constructor = lookup.findConstructor(type, signature);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(type + " is not a public record", e);
    }
  }

  static RecordShape of(Class<?> type) {
    return SHAPES.get(type);
  }

  String name() {
    return name;
  }

  List<Component> components() {
    return components;
  }

  Object create(@Nullable Object[] values) {
    try {
      return constructor.invokeWithArguments(values);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("cannot create " + name, e);
    }
  }
}
