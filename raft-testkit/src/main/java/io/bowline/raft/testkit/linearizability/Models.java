package io.bowline.raft.testkit.linearizability;

/** The models that most services are made of; all partitioned by the call's key. */
public final class Models {
  /** What a write is answered. */
  public static final String OK = "ok";

  /** What a compare-and-set that found another value is answered. */
  public static final String NO = "no";

  private Models() {}

  /**
   * A register: {@code read} gives the value, {@code write V} gives {@link #OK}.
   *
   * @param initial what it holds before all writes
   */
  public static Model<String, Call, String> register(String initial) {
    return new RegisterModel(initial);
  }

  /**
   * A register that can also {@code cas OLD NEW}: {@link #OK} if it held the old value and holds
   * the new one now, {@link #NO} if it held another and still does.
   *
   * @param initial what it holds before all writes
   */
  public static Model<String, Call, String> compareAndSet(String initial) {
    return new RegisterModel(initial);
  }

  /** A counter from 0: {@code add N} gives the new value, {@code get} the present one. */
  public static Model<Long, Call, String> counter() {
    return new CounterModel();
  }

  /**
   * A map of strings, its entries empty before all writes: {@code get} gives the value, {@code put
   * V} and {@code append V} give {@link #OK}, and so does {@code remove}.
   */
  public static Model<String, Call, String> map() {
    return new MapModel();
  }

  /**
   * A list that only grows: {@code append V} gives its new length, {@code read} its elements, each
   * with a comma behind it.
   */
  public static Model<String, Call, String> appendList() {
    return new AppendListModel();
  }
}
