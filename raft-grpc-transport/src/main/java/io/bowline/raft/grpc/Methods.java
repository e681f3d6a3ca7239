package io.bowline.raft.grpc;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The three streams of {@code raft.proto}, described by hand: out goes an {@link Outgoing}, in
 * comes the array that decoding slices. A damaged message is thus found in our own callbacks, not
 * inside of gRPC.
 */
final class Methods {
  static final String PEER = "bowline.raft.v1.Peer";
  static final String CLIENT = "bowline.raft.v1.Client";
  static final String REQUESTS = "Requests";

  private static final MethodDescriptor.Marshaller<Outgoing> OUT =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(Outgoing value) {
          return value;
        }

        @Override
        public Outgoing parse(InputStream stream) {
          throw new UnsupportedOperationException("only written");
        }
      };

  private static final MethodDescriptor.Marshaller<byte[]> IN =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          throw new UnsupportedOperationException("only read");
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return read(stream);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private Methods() {}

  /** For the side that dials. */
  static MethodDescriptor<Outgoing, byte[]> dialed(String service, String rpc) {
    return describe(service, rpc, OUT, IN);
  }

  /** For the side that answers. */
  static MethodDescriptor<byte[], Outgoing> served(String service, String rpc) {
    return describe(service, rpc, IN, OUT);
  }

  private static <A, B> MethodDescriptor<A, B> describe(
      String service,
      String rpc,
      MethodDescriptor.Marshaller<A> requests,
      MethodDescriptor.Marshaller<B> responses) {
    return MethodDescriptor.newBuilder(requests, responses)
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, rpc))
        .build();
  }

  private static byte[] read(InputStream stream) throws IOException {
    if (!(stream instanceof KnownLength)) {
      return stream.readAllBytes();
    }
    byte[] bytes = new byte[stream.available()];
    int read = stream.readNBytes(bytes, 0, bytes.length);
    if (read != bytes.length || stream.read() >= 0) {
      throw new IOException("a message of " + bytes.length + " bytes came in parts");
    }
    return bytes;
  }
}
