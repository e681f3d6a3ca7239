package io.bowline.raft.testkit;

import io.bowline.raft.model.CorruptFrameException;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.Payload;
import io.bowline.raft.testkit.RecordCodec.Form;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the {@link Form} of a type by reflection, once for each type. */
final class Forms {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  private final Map<Type, Form> known = new HashMap<>();

  Forms() {
    known.put(long.class, new LongForm());
    known.put(int.class, new IntForm());
    known.put(boolean.class, new BooleanForm());
    known.put(String.class, new StringForm());
    known.put(Payload.class, new PayloadForm());
    known.put(EntryBatch.class, new BatchForm());
  }

  Form of(Type type) {
    Form found = known.get(type);
    if (found != null) {
      return found;
    }
    Late late = new Late(); // for types that hold themselves
    known.put(type, late);
    Form made = make(type);
    late.form = made;
    known.put(type, made);
    return made;
  }

  private Form make(Type type) {
    if (type instanceof Class<?> raw && raw.isRecord()) {
      return recordForm(raw);
    }
    if (type instanceof Class<?> raw && raw.isSealed()) {
      return new SealedForm(raw);
    }
    if (type instanceof Class<?> raw && raw.isEnum()) {
      return new EnumForm(List.of(raw.getEnumConstants()));
    }
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      return new ListForm(of(generic.getActualTypeArguments()[0]));
    }
    throw new IllegalArgumentException(
        type.getTypeName() + " has no form on the simulated wire: add one to Forms");
  }

  private Form recordForm(Class<?> raw) {
    RecordComponent[] components = raw.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    MethodHandle[] accessors = new MethodHandle[components.length];
    Form[] forms = new Form[components.length];
    try {
      for (int i = 0; i < components.length; i++) {
        MethodType asObjects = MethodType.methodType(Object.class, Object.class);
        accessors[i] = LOOKUP.unreflect(components[i].getAccessor()).asType(asObjects);
        Form form = of(components[i].getGenericType());
        forms[i] = types[i].isPrimitive() ? form : new NullableForm(form);
      }
      MethodHandle constructor =
          LOOKUP
              .unreflectConstructor(raw.getDeclaredConstructor(types))
              .asSpreader(Object[].class, types.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
      return new RecordForm(accessors, forms, constructor);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(raw.getName() + " cannot be read by its components", e);
    }
  }

  private static final class Late implements Form {
    private @Nullable Form form;

    private Form form() {
      if (form == null) {
        throw new IllegalStateException("used while it is made");
      }
      return form;
    }

    @Override
    public void write(ByteWriter out, Object value) {
      form().write(out, value);
    }

    @Override
    public Object read(ByteReader in) {
      return form().read(in);
    }
  }

  private static final class RecordForm implements Form {
    private final MethodHandle[] accessors;
    private final Form[] forms;
    private final MethodHandle constructor;

    RecordForm(MethodHandle[] accessors, Form[] forms, MethodHandle constructor) {
      this.accessors = accessors;
      this.forms = forms;
      this.constructor = constructor;
    }

    @Override
    public void write(ByteWriter out, Object value) {
      try {
        for (int i = 0; i < forms.length; i++) {
          forms[i].write(out, (Object) accessors[i].invokeExact(value));
        }
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public Object read(ByteReader in) {
      Object[] values = new Object[forms.length];
      for (int i = 0; i < forms.length; i++) {
        values[i] = forms[i].read(in);
      }
      try {
        return (Object) constructor.invokeExact(values);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private final class SealedForm implements Form {
    private final List<Class<?>> cases = new ArrayList<>();
    private final List<Form> forms = new ArrayList<>();

    SealedForm(Class<?> sealed) {
      for (Class<?> permitted : sealed.getPermittedSubclasses()) { // in order of declaration
        cases.add(permitted);
        forms.add(of(permitted));
      }
    }

    @Override
    public void write(ByteWriter out, Object value) {
      for (int i = 0; i < cases.size(); i++) {
        if (cases.get(i).isInstance(value)) {
          out.writeByte(i);
          forms.get(i).write(out, value);
          return;
        }
      }
      throw new IllegalArgumentException(value + " is none of " + cases);
    }

    @Override
    public Object read(ByteReader in) {
      int i = in.readByte();
      if (i < 0 || i >= forms.size()) {
        throw new IllegalArgumentException("case " + i + " of " + cases.size());
      }
      return forms.get(i).read(in);
    }
  }

  /** A component that may be {@code null}; what must not be is the record's own business. */
  private static final class NullableForm implements Form {
    private final Form form;

    NullableForm(Form form) {
      this.form = form;
    }

    @Override
    public void write(ByteWriter out, @Nullable Object value) {
      out.writeByte(value == null ? 0 : 1);
      if (value != null) {
        form.write(out, value);
      }
    }

    @Override
    @SuppressWarnings(
        "NullAway") // goes into an Object[] of constructor arguments, where null may be
    public Object read(ByteReader in) {
      return in.readByte() == 0 ? null : form.read(in);
    }
  }

  private static final class ListForm implements Form {
    private final Form element;

    ListForm(Form element) {
      this.element = element;
    }

    @Override
    public void write(ByteWriter out, Object value) {
      List<?> list = (List<?>) value;
      out.writeInt(list.size());
      for (Object each : list) {
        element.write(out, each);
      }
    }

    @Override
    public Object read(ByteReader in) {
      int size = in.readInt();
      List<Object> list = new ArrayList<>(Math.min(Math.max(size, 0), 64));
      for (int i = 0; i < size; i++) {
        list.add(element.read(in));
      }
      return List.copyOf(list);
    }
  }

  private static final class EnumForm implements Form {
    private final List<?> constants;

    EnumForm(List<?> constants) {
      this.constants = constants;
    }

    @Override
    public void write(ByteWriter out, Object value) {
      out.writeByte(constants.indexOf(value));
    }

    @Override
    public Object read(ByteReader in) {
      return constants.get(in.readByte());
    }
  }

  private static final class LongForm implements Form {
    @Override
    public void write(ByteWriter out, Object value) {
      out.writeLong((Long) value);
    }

    @Override
    public Object read(ByteReader in) {
      return in.readLong();
    }
  }

  private static final class IntForm implements Form {
    @Override
    public void write(ByteWriter out, Object value) {
      out.writeInt((Integer) value);
    }

    @Override
    public Object read(ByteReader in) {
      return in.readInt();
    }
  }

  private static final class BooleanForm implements Form {
    @Override
    public void write(ByteWriter out, Object value) {
      out.writeByte((Boolean) value ? 1 : 0);
    }

    @Override
    public Object read(ByteReader in) {
      return in.readByte() != 0;
    }
  }

  private static final class StringForm implements Form {
    @Override
    public void write(ByteWriter out, Object value) {
      byte[] utf8 = ((String) value).getBytes(StandardCharsets.UTF_8);
      out.writeInt(utf8.length);
      out.writeBytes(utf8, 0, utf8.length);
    }

    @Override
    public Object read(ByteReader in) {
      int length = in.readInt();
      return new String(in.bytes(), in.skip(length), length, StandardCharsets.UTF_8);
    }
  }

  private static final class PayloadForm implements Form {
    @Override
    public void write(ByteWriter out, Object value) {
      Payload payload = (Payload) value;
      out.writeInt(payload.length());
      payload.writeTo(out::writeBytes);
    }

    @Override
    public Object read(ByteReader in) {
      int length = in.readInt();
      int from = in.skip(length);
      return Payload.of(Arrays.copyOfRange(in.bytes(), from, from + length));
    }
  }

  /** The frames as they are: what a peer gets is checked as it is from a real wire. */
  private static final class BatchForm implements Form {
    @Override
    public void write(ByteWriter out, Object value) {
      EntryBatch batch = (EntryBatch) value;
      out.writeInt(Math.toIntExact(batch.byteLength()));
      batch.writeTo(out::writeBytes);
    }

    @Override
    public Object read(ByteReader in) {
      int length = in.readInt();
      int from = in.skip(length);
      try {
        return EntryBatch.decode(in.bytes(), from, from + length);
      } catch (CorruptFrameException e) {
        throw new IllegalArgumentException(e);
      }
    }
  }
}
