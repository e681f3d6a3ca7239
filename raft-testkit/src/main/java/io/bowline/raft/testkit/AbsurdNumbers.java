package io.bowline.raft.testkit;

import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Message;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts a number that cannot be in the place of one of a message's, on its way from a living member.
 * Any record's numbers, and those of the records in it: a new message needs nothing here.
 */
final class AbsurdNumbers {
  /** What one machine will say. */
  private static final class Said {
    private final int number;
    private final long value;
    private int skips;

    Said(int skips, int number, long value) {
      this.skips = skips;
      this.number = number;
      this.value = value;
    }
  }

  private final @Nullable Said[] bySlot = new Said[RunPlan.MAX_NODES];
  private boolean ended;

  /** One of its next messages has that value in the place of that number. */
  void says(int slot, int skips, int number, long value) {
    bySlot[slot] = ended ? null : new Said(skips, number, value);
  }

  /** Everybody speaks the truth from now on. */
  void end() {
    ended = true;
    Arrays.fill(bySlot, null);
  }

  /** What arrives in its place; {@code null} for the message itself. */
  @Nullable Message instead(Life sender, GroupId group, Message message) {
    Said said = sender.slot() < bySlot.length ? bySlot[sender.slot()] : null;
    if (said == null || sender.isDead() || !group.equals(Cluster.GROUP)) {
      return null;
    }
    if (said.skips > 0) {
      said.skips--;
      return null;
    }
    int numbers = countIn(message);
    if (numbers == 0) {
      return null;
    }
    bySlot[sender.slot()] = null;
    try {
      return (Message) with(message, said.number % numbers, said.value);
    } catch (IllegalArgumentException refused) { // the record itself takes no such number
      return null;
    }
  }

  /** How many numbers a record and the records in it have; entries have their own checksums. */
  static int countIn(Object value) {
    int count = 0;
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      count += isNumber(component.getType()) ? 1 : 0;
      count += component.getType().isRecord() ? countIn(read(component, value)) : 0;
      count += component.getType() == List.class ? countInFirst(read(component, value)) : 0;
    }
    return count;
  }

  private static int countInFirst(Object list) {
    List<?> many = (List<?>) list;
    return !many.isEmpty() && many.get(0) instanceof Record first ? countIn(first) : 0;
  }

  private static boolean isNumber(Class<?> type) {
    return type == long.class || type == int.class;
  }

  /** The same record with another value of its number {@code at}. */
  static Object with(Object value, int at, long absurd) {
    RecordComponent[] components = value.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] arguments = new Object[components.length];
    int left = at;
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      Object own = read(components[i], value);
      int numbers = numbersIn(types[i], own);
      boolean here = left >= 0 && left < numbers;
      arguments[i] = here ? replaced(types[i], own, left, absurd) : own;
      left -= numbers;
    }
    try {
      return value.getClass().getDeclaredConstructor(types).newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a record that cannot be made: " + value, e);
    }
  }

  private static int numbersIn(Class<?> type, Object value) {
    if (isNumber(type)) {
      return 1;
    }
    if (type.isRecord()) {
      return countIn(value);
    }
    return type == List.class ? countInFirst(value) : 0;
  }

  private static Object replaced(Class<?> type, Object own, int at, long absurd) {
    if (type == long.class) {
      return absurd;
    }
    if (type == int.class) {
      return (int) Math.min(absurd, Integer.MAX_VALUE);
    }
    if (own instanceof List<?> many) {
      List<Object> changed = new ArrayList<>(many);
      changed.set(0, with(many.get(0), at, absurd));
      return List.copyOf(changed);
    }
    return with(own, at, absurd);
  }

  private static Object read(RecordComponent component, Object value) {
    try {
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a component that cannot be read: " + component, e);
    }
  }
}
