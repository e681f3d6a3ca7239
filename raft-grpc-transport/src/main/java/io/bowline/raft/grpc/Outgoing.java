package io.bowline.raft.grpc;

import com.google.protobuf.CodedOutputStream;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way out. gRPC asks for its length and lets it write itself into the buffer that
 * goes to the socket: large arrays are copied once, and nowhere else.
 */
abstract class Outgoing extends InputStream implements KnownLength, Drainable {
  private static final int BUFFER_BYTES = 4096;
  private static final int SMALL_BYTES = 8192;

  /** Most messages under load are small: their bytes are put together here, and nothing is made. */
  private static final ThreadLocal<byte[]> SCRATCH =
      ThreadLocal.withInitial(() -> new byte[SMALL_BYTES]);

  private int remaining;
  private @Nullable ByteArrayInputStream bytes;

  Outgoing(int byteLength) {
    this.remaining = byteLength;
  }

  /** Writes exactly as many bytes as were announced. */
  abstract void encode(CodedOutputStream out) throws IOException;

  @Override
  public final int drainTo(OutputStream target) throws IOException {
    int byteLength = remaining;
    if (byteLength <= SMALL_BYTES) {
      byte[] scratch = SCRATCH.get();
      CodedOutputStream out = CodedOutputStream.newInstance(scratch, 0, byteLength);
      encode(out);
      out.checkNoSpaceLeft();
      target.write(scratch, 0, byteLength);
    } else {
      CodedOutputStream out = CodedOutputStream.newInstance(target, BUFFER_BYTES);
      encode(out);
      out.flush();
    }
    remaining = 0;
    return byteLength;
  }

  @Override
  public final int available() {
    return remaining;
  }

  /** For whoever cannot drain: a compressor, the in-process transport. */
  @Override
  public final int read() throws IOException {
    int read = stream().read();
    remaining -= read < 0 ? 0 : 1;
    return read;
  }

  @Override
  public final int read(byte[] target, int offset, int length) throws IOException {
    int read = stream().read(target, offset, length);
    remaining -= Math.max(read, 0);
    return read;
  }

  private ByteArrayInputStream stream() throws IOException {
    ByteArrayInputStream encoded = bytes;
    if (encoded == null) {
      byte[] array = new byte[remaining];
      CodedOutputStream out = CodedOutputStream.newInstance(array);
      encode(out);
      out.checkNoSpaceLeft();
      encoded = new ByteArrayInputStream(array);
      bytes = encoded;
    }
    return encoded;
  }
}
