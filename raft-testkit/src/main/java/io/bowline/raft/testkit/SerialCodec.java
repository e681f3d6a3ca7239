package io.bowline.raft.testkit;

import io.bowline.raft.model.Codec;
import java.nio.ByteBuffer;

/**
 * The application's commands with the serial of the request before them, so that a command can be
 * told from another with the same content. One for each run, one thread.
 */
final class SerialCodec<C> implements Codec<C> {
  private final Simulation simulation;
  private final Codec<C> plain;
  private long serial;
  private int lastLength;
  private long decodedSerial;
  private long decodedChecksum;

  SerialCodec(Simulation simulation, Codec<C> plain) {
    this.simulation = simulation;
    this.plain = plain;
  }

  /** Whose request is encoded next. */
  void serial(long next) {
    serial = next;
  }

  /** How long the last one became; a query that stays in its process is not encoded. */
  int lastLength() {
    return lastLength;
  }

  /** The serial of what was decoded last. */
  long decodedSerial() {
    return decodedSerial;
  }

  /** Of all its bytes. */
  long decodedChecksum() {
    return decodedChecksum;
  }

  @Override
  public byte[] encode(C value) {
    byte[] content = plain.encode(value);
    lastLength = Long.BYTES + content.length;
    return ByteBuffer.allocate(lastLength).putLong(serial).put(content).array();
  }

  @Override
  public C decode(ByteBuffer bytes) {
    decodedChecksum = simulation.checksum(bytes.duplicate());
    decodedSerial = bytes.getLong();
    return plain.decode(bytes.slice());
  }
}
