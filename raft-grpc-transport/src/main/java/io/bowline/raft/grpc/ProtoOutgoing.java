package io.bowline.raft.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;

/** A message of generated code on its way out. */
final class ProtoOutgoing extends Outgoing {
  private final MessageLite message;

  ProtoOutgoing(MessageLite message) {
    super(message.getSerializedSize());
    this.message = message;
  }

  @Override
  void encode(CodedOutputStream out) throws IOException {
    message.writeTo(out);
  }
}
