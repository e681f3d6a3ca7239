package io.bowline.raft.testkit;

import io.bowline.raft.model.NodeId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A fault as text and back, by the names of its components: a new fault needs nothing here. */
final class FaultText {
  private FaultText() {}

  /** Such as {@code Partition side=n1,n2 out=true in=false}. */
  static String format(Fault fault) {
    StringBuilder text = new StringBuilder(fault.kind());
    for (RecordComponent component : fault.getClass().getRecordComponents()) {
      text.append(' ').append(component.getName()).append('=');
      text.append(text(value(component, fault)));
    }
    return text.toString();
  }

  /** Whether all the machines that it names are there: a shrunk run may have fewer. */
  static boolean fits(Fault fault, Cluster cluster) {
    for (RecordComponent component : fault.getClass().getRecordComponents()) {
      Object value = value(component, fault);
      if (value instanceof NodeId id && !cluster.has(id)) {
        return false;
      } else if (value instanceof Collection<?> many
          && !many.stream().allMatch(id -> cluster.has((NodeId) id))) {
        return false;
      }
    }
    return !(fault instanceof ClientFault client) || client.client() < cluster.clients().size();
  }

  private static Object value(RecordComponent component, Fault fault) {
    try {
      return component.getAccessor().invoke(fault);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new LinkageError("a fault's component cannot be read: " + component, e);
    }
  }

  private static String text(Object value) {
    return value instanceof Collection<?> many
        ? many.stream().map(String::valueOf).collect(Collectors.joining(","))
        : String.valueOf(value);
  }

  /** What {@link #format} has written. */
  static Fault parse(String text) {
    String[] parts = text.split(" ", -1);
    Class<?> type = type(parts[0]);
    Map<String, String> values = new LinkedHashMap<>();
    for (String part : Arrays.asList(parts).subList(1, parts.length)) {
      int at = part.indexOf('=');
      if (at < 0) {
        throw new IllegalArgumentException("'" + part + "' is no name=value");
      }
      values.put(part.substring(0, at), part.substring(at + 1));
    }
    return make(type, values);
  }

  private static Class<?> type(String kind) {
    for (Class<?> area : Fault.class.getPermittedSubclasses()) {
      for (Class<?> type : area.getPermittedSubclasses()) {
        if (type.getSimpleName().equals(kind)) {
          return type;
        }
      }
    }
    throw new IllegalArgumentException("there is no fault " + kind);
  }

  private static Fault make(Class<?> type, Map<String, String> values) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      String value = values.remove(name);
      if (value == null) {
        throw new IllegalArgumentException(type.getSimpleName() + " needs " + name);
      }
      types[i] = components[i].getType();
      arguments[i] = read(types[i], value);
    }
    if (!values.isEmpty()) {
      throw new IllegalArgumentException(
          type.getSimpleName() + " has no " + String.join(", ", values.keySet()));
    }
    try {
      return (Fault) type.getDeclaredConstructor(types).newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(String.valueOf(e.getCause()), e);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a fault that cannot be made: " + type, e);
    }
  }

  private static Object read(Class<?> type, String value) {
    if (type == NodeId.class) {
      return NodeId.of(value);
    } else if (type == int.class) {
      return Integer.parseInt(value);
    } else if (type == long.class) {
      return Long.parseLong(value);
    } else if (type == double.class) {
      return Double.parseDouble(value);
    } else if (type == boolean.class) {
      return bool(value);
    } else if (type.isEnum()) {
      return constant(type, value);
    }
    TreeSet<NodeId> nodes = new TreeSet<>();
    for (String id : value.split(",", -1)) {
      if (!id.isEmpty()) {
        nodes.add(NodeId.of(id));
      }
    }
    return nodes;
  }

  private static Object constant(Class<?> type, String value) {
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(value)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(value + " is no " + type.getSimpleName());
  }

  private static boolean bool(String value) {
    String lower = value.toLowerCase(Locale.ROOT);
    if (!lower.equals("true") && !lower.equals("false")) {
      throw new IllegalArgumentException(value + " is neither true nor false");
    }
    return lower.equals("true");
  }
}
