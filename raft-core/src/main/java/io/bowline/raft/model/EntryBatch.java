package io.bowline.raft.model;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive entries as the frames that they are on the wire and on disk: slices of arrays that
 * nobody changes any more. Immutable; cutting and joining copy no frame.
 */
public final class EntryBatch {
  /** No entries. */
  public static final EntryBatch EMPTY = new EntryBatch(new FrameRun[0]);

  /** What stands at a membership entry's index. */
  public record MembershipAt(EntryId id, Membership membership) {}

  private final FrameRun[] slices;
  private final int count;
  private final long byteLength;

  private EntryBatch(FrameRun[] slices) {
    this.slices = slices;
    int entries = 0;
    long bytes = 0;
    for (FrameRun slice : slices) {
      entries += slice.count();
      bytes += slice.end() - slice.start();
    }
    this.count = entries;
    this.byteLength = bytes;
  }

  /**
   * Takes frames that came from a peer or a disk; checks each header, payload, the order of indexes
   * and terms. The array is kept, not copied.
   *
   * @throws CorruptFrameException if anything is amiss
   */
  public static EntryBatch decode(byte[] bytes, int from, int to) throws CorruptFrameException {
    if (from == to) {
      return EMPTY;
    }
    return new EntryBatch(new FrameRun[] {FrameRun.decode(bytes, from, to)});
  }

  /** Joins batches whose indexes follow one another. */
  public static EntryBatch join(List<EntryBatch> batches) {
    if (batches.size() == 1) {
      return batches.get(0);
    }
    List<FrameRun> all = new ArrayList<>();
    for (EntryBatch batch : batches) {
      for (FrameRun slice : batch.slices) {
        long expected = all.isEmpty() ? slice.firstIndex : endOf(all.get(all.size() - 1));
        if (slice.firstIndex != expected) {
          throw new IllegalArgumentException(
              "entries from " + slice.firstIndex + " do not follow those before " + expected);
        }
        all.add(slice);
      }
    }
    return all.isEmpty() ? EMPTY : new EntryBatch(all.toArray(new FrameRun[0]));
  }

  private static long endOf(FrameRun slice) {
    return slice.firstIndex + slice.count();
  }

  /** How many entries. */
  public int count() {
    return count;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** Bytes of all frames. */
  public long byteLength() {
    return byteLength;
  }

  /** Index of the first entry; the batch must not be empty. */
  public long firstIndex() {
    return slices[0].firstIndex;
  }

  /** Index of the last entry; the batch must not be empty. */
  public long lastIndex() {
    return firstIndex() + count - 1;
  }

  /** The last entry; the batch must not be empty. */
  public EntryId last() {
    return new EntryId(lastIndex(), termAt(lastIndex()));
  }

  /** The term of an entry in this batch. */
  public long termAt(long index) {
    FrameRun slice = sliceOf(index);
    return Frame.term(slice.bytes, slice.offset(index));
  }

  /** Replicated time of an entry in this batch, ns. */
  public long timeAt(long index) {
    FrameRun slice = sliceOf(index);
    return Frame.time(slice.bytes, slice.offset(index));
  }

  /** Replicated time of the last entry, ns; the batch must not be empty. */
  public long lastTime() {
    FrameRun slice = slices[slices.length - 1];
    return Frame.time(slice.bytes, slice.offsets[slice.to - 1]);
  }

  /**
   * Whether terms and times never fall from one array to the next; within one they never do, for it
   * was encoded with one of each, or checked when it was decoded.
   */
  public boolean isOrdered() {
    for (int i = 1; i < slices.length; i++) {
      FrameRun before = slices[i - 1];
      int last = before.offsets[before.to - 1];
      FrameRun next = slices[i];
      int first = next.offsets[next.from];
      if (Frame.term(next.bytes, first) < Frame.term(before.bytes, last)
          || Frame.time(next.bytes, first) < Frame.time(before.bytes, last)) {
        return false;
      }
    }
    return true;
  }

  /** Bytes of the frame at that index, header included. */
  public int frameBytes(long index) {
    FrameRun slice = sliceOf(index);
    return slice.offsets[slice.from + (int) (index - slice.firstIndex) + 1] - slice.offset(index);
  }

  private FrameRun sliceOf(long index) {
    for (FrameRun slice : slices) {
      if (index >= slice.firstIndex && index - slice.firstIndex < slice.count()) { // end may wrap
        return slice;
      }
    }
    throw new IndexOutOfBoundsException("no entry " + index + " in " + this);
  }

  /** The entries' terms as runs, oldest first. Terms never fall, so one look often tells all. */
  public List<TermRun> termRuns() {
    if (count > 0 && termAt(firstIndex()) == termAt(lastIndex())) {
      return List.of(new TermRun(termAt(firstIndex()), firstIndex(), lastIndex()));
    }
    List<TermRun> runs = new ArrayList<>(1);
    long first = 0;
    long term = 0;
    for (FrameRun slice : slices) {
      for (int i = slice.from; i < slice.to; i++) {
        long next = Frame.term(slice.bytes, slice.offsets[i]);
        if (next != term) {
          long index = slice.firstIndex + i - slice.from;
          if (first > 0) {
            runs.add(new TermRun(term, first, index - 1));
          }
          term = next;
          first = index;
        }
      }
    }
    if (first > 0) {
      runs.add(new TermRun(term, first, lastIndex()));
    }
    return runs;
  }

  /** The membership entries among them, oldest first. */
  public List<MembershipAt> memberships() {
    List<MembershipAt> found = List.of();
    for (FrameRun slice : slices) {
      for (int i = slice.from; slice.memberships && i < slice.to; i++) {
        int at = slice.offsets[i];
        if (Frame.typeCode(slice.bytes, at) == EntryType.MEMBERSHIP.code()) {
          if (found.isEmpty()) {
            found = new ArrayList<>(1);
          }
          EntryId id = new EntryId(Frame.index(slice.bytes, at), Frame.term(slice.bytes, at));
          found.add(new MembershipAt(id, Membership.decode(payload(slice.bytes, at))));
        }
      }
    }
    return found;
  }

  /** The entries {@code first} to {@code last}, which must be in this batch. */
  public EntryBatch range(long first, long last) {
    if (count > 0 && first == firstIndex() && last == lastIndex()) {
      return this;
    }
    if (first > last) {
      return EMPTY;
    }
    if (first < firstIndex() || last > lastIndex()) {
      throw new IndexOutOfBoundsException("no entries " + first + " to " + last + " in " + this);
    }
    List<FrameRun> cut = new ArrayList<>(slices.length);
    for (FrameRun s : slices) {
      long from = Math.max(first, s.firstIndex);
      long to = Math.min(last + 1, endOf(s));
      if (from < to) {
        int shift = s.from - (int) s.firstIndex;
        cut.add(
            new FrameRun(
                s.bytes, s.offsets, (int) from + shift, (int) to + shift, from, s.memberships));
      }
    }
    return new EntryBatch(cut.toArray(new FrameRun[0]));
  }

  /** As many entries from {@code first} on as fit into {@code maxBytes}, but at least one. */
  public EntryBatch cut(long first, long maxBytes) {
    long bytes = 0;
    long index = first;
    while (index <= lastIndex()) {
      bytes += frameBytes(index);
      if (bytes > maxBytes && index > first) {
        break;
      }
      index++;
    }
    return range(first, index - 1);
  }

  /** How many arrays the frames lie in. */
  public int sliceCount() {
    return slices.length;
  }

  /** The frames of one array, as a read-only view: nothing is copied. */
  public ByteBuffer slice(int i) {
    FrameRun slice = slices[i];
    return ByteBuffer.wrap(slice.bytes, slice.start(), slice.end() - slice.start())
        .asReadOnlyBuffer();
  }

  /** Hands each array with the range that the frames take to a sink, in order, without a copy. */
  public <X extends Exception> void writeTo(Sink<X> sink) throws X {
    for (FrameRun slice : slices) {
      sink.write(slice.bytes, slice.start(), slice.end() - slice.start());
    }
  }

  /** Takes bytes; must not change them nor keep the array beyond the call. */
  @FunctionalInterface
  public interface Sink<X extends Exception> {
    /** Takes {@code length} bytes from {@code offset} on. */
    void write(byte[] bytes, int offset, int length) throws X;
  }

  /** A cursor before the first entry. */
  public Cursor cursor() {
    return new Cursor(slices);
  }

  /** Walks over the entries without an object for each; one thread at a time. */
  public static final class Cursor {
    private final FrameRun[] slices;
    private int slice;
    private int frame;
    private int at;
    private byte @Nullable [] bytes;

    private Cursor(FrameRun[] slices) {
      this.slices = slices;
      this.frame = slices.length == 0 ? 0 : slices[0].from;
    }

    /** Moves to the next entry; false at the end. */
    public boolean next() {
      while (slice < slices.length) {
        FrameRun s = slices[slice];
        if (frame < s.to) {
          bytes = s.bytes;
          at = s.offsets[frame++];
          return true;
        }
        slice++;
        frame = slice < slices.length ? slices[slice].from : 0;
      }
      return false;
    }

    private byte[] bytes() {
      if (bytes == null) {
        throw new IllegalStateException("next() comes first");
      }
      return bytes;
    }

    /** This entry's index. */
    public long index() {
      return Frame.index(bytes(), at);
    }

    /** This entry's term. */
    public long term() {
      return Frame.term(bytes(), at);
    }

    /** This entry's replicated time, ns. */
    public long time() {
      return Frame.time(bytes(), at);
    }

    /** What its payload is. */
    public EntryType type() {
      return EntryType.of(Frame.typeCode(bytes(), at));
    }

    /** A read-only view of its payload. */
    public ByteBuffer payload() {
      return EntryBatch.payload(bytes(), at);
    }
  }

  private static ByteBuffer payload(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes, at + Frame.HEADER_BYTES, Frame.payloadLength(bytes, at))
        .slice()
        .asReadOnlyBuffer();
  }

  @Override
  public String toString() {
    if (isEmpty()) {
      return "[]";
    }
    FrameRun slice = slices[slices.length - 1];
    EntryId last = new EntryId(lastIndex(), Frame.term(slice.bytes, slice.offsets[slice.to - 1]));
    return "[" + firstIndex() + ".." + last + ", " + byteLength + " bytes]";
  }

  /** A builder of {@code count} frames with {@code payloadBytes} of payload in all. */
  public static Builder builder(EntryId first, int count, long payloadBytes, long time) {
    return new Builder(first, count, payloadBytes, time);
  }

  /** Encodes entries of one term and time into one array: their one and only encoding. */
  public static final class Builder {
    private final byte[] bytes;
    private final int[] offsets;
    private final EntryId first;
    private final long time;
    private final CRC32C crc = new CRC32C();
    private boolean memberships;
    private int frames;
    private int at;

    private Builder(EntryId first, int count, long payloadBytes, long time) {
      this.first = first;
      this.time = time;
      this.offsets = new int[count + 1];
      this.bytes = new byte[Math.toIntExact(payloadBytes + (long) count * Frame.HEADER_BYTES)];
    }

    /** Adds an entry whose payload is that array. */
    public Builder add(EntryType type, byte[] payload) {
      return add(type, Payload.of(payload));
    }

    /** Adds an entry with that payload. */
    public Builder add(EntryType type, Payload payload) {
      put(payload, at + Frame.HEADER_BYTES);
      return seal(type, payload.length());
    }

    /** Adds a session's command: header and command make the payload. */
    public Builder add(EntryType type, SessionHeader header, Payload command) {
      int start = at + Frame.HEADER_BYTES;
      header.encode(ByteBuffer.wrap(bytes, start, SessionHeader.BYTES));
      put(command, start + SessionHeader.BYTES);
      return seal(type, SessionHeader.BYTES + command.length());
    }

    private void put(Payload payload, int place) {
      payload.writeTo((from, offset, n) -> System.arraycopy(from, offset, bytes, place, n));
    }

    private Builder seal(EntryType type, int payloadLength) {
      memberships |= type == EntryType.MEMBERSHIP;
      EntryId id = new EntryId(first.index() + frames, first.term());
      Frame.seal(bytes, at, payloadLength, type, id, time, crc);
      offsets[frames++] = at;
      at += Frame.HEADER_BYTES + payloadLength;
      offsets[frames] = at;
      return this;
    }

    /** The batch; the builder is used up. */
    public EntryBatch build() {
      if (frames != offsets.length - 1 || at != bytes.length) {
        throw new IllegalStateException(
            frames
                + " frames of "
                + at
                + " bytes were added, "
                + (offsets.length - 1)
                + " of "
                + bytes.length
                + " were announced");
      }
      FrameRun slice = new FrameRun(bytes, offsets, 0, frames, first.index(), memberships);
      return new EntryBatch(new FrameRun[] {slice});
    }
  }
}
