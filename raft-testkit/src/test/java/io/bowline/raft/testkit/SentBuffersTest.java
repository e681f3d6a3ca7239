package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;
import static io.bowline.raft.testkit.GhostGroup.commands;

import io.bowline.raft.model.CorruptFrameException;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What was handed to the transport may be written late, and nobody touches it until then. */
class SentBuffersTest {
  private final SentBuffers buffers = new SentBuffers(new Simulation(1));
  private final byte[] bytes = bytes();

  private static byte[] bytes() {
    ByteBuffer frames = commands(1, 1, 1, 7).slice(0);
    byte[] copy = new byte[frames.remaining()];
    frames.get(copy);
    return copy;
  }

  private void send(EntryBatch batch) {
    Message message = new Message.AppendEntries(ProtocolChecks.id(0), 1, 1, EntryId.ZERO, batch, 0);
    buffers.sent(0, 1, message);
  }

  private void sendMany() {
    for (int i = 0; i < SentBuffers.HELD; i++) {
      send(commands(1, 1, 1, 7));
    }
  }

  @Test
  void entriesThatChangeBehindTheirSendAreSeen() throws CorruptFrameException {
    send(EntryBatch.decode(bytes, 0, bytes.length)); // keeps the array
    bytes[bytes.length - 1]++;

    assertSeen("BUFFERS_STAY", this::sendMany);
  }

  @Test
  void entriesThatStayAreFine() throws CorruptFrameException {
    send(EntryBatch.decode(bytes, 0, bytes.length));

    sendMany();
  }
}
