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
    CodedOutputStream out =
        CodedOutputStream.newInstance(target, Math.min(byteLength, BUFFER_BYTES));
    encode(out);
    out.flush();
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
