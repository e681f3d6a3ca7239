package io.bowline.raft.testkit;

/**
 * Turns any record into bytes and back, and the records of a sealed interface likewise, by their
 * components: a new message type needs nothing here. Only for the simulated wire: it does not keep
 * versions apart, and both ends run in one process.
 *
 * @param <T> a record or a sealed interface of records
 */
public final class RecordCodec<T> {
  private final Class<T> type;
  private final Form form;
  private final ByteWriter writer = new ByteWriter();

  private RecordCodec(Class<T> type) {
    this.type = type;
    this.form = new Forms().of(type);
  }

  /**
   * The codec of a type; used by one thread at a time.
   *
   * @throws IllegalArgumentException naming the component whose type has no form
   */
  public static <T> RecordCodec<T> of(Class<T> type) {
    return new RecordCodec<>(type);
  }

  /** The bytes of a value, in an array of their own. */
  public byte[] encode(T value) {
    writer.reset();
    form.write(writer, value);
    return writer.toArray();
  }

  /**
   * The value of these bytes; the array may be kept and must not be changed afterwards.
   *
   * @throws IllegalArgumentException if they are not what {@link #encode} gives
   */
  public T decode(byte[] bytes) {
    ByteReader reader = new ByteReader(bytes);
    T value = type.cast(form.read(reader));
    if (!reader.atEnd()) {
      throw new IllegalArgumentException("bytes are left behind " + value);
    }
    return value;
  }

  /** How values of one type stand in bytes. */
  interface Form {
    void write(ByteWriter out, Object value);

    Object read(ByteReader in);
  }
}
