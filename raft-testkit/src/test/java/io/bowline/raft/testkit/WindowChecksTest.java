package io.bowline.raft.testkit;

import static io.bowline.raft.testkit.GhostGroup.assertSeen;
import static io.bowline.raft.testkit.GhostGroup.commands;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The window's check is seen to fail, and the nearest legal case to pass. */
class WindowChecksTest {
  private static final long MESSAGES = NodeSettings.calm().maxInflightMessages();
  private static final long BYTES = NodeSettings.calm().maxInflightBytes();

  private final WindowChecks windows =
      new WindowChecks(
          new Simulation(1), new NodeSettings[] {NodeSettings.calm(), NodeSettings.calm()});

  private void sends(long first, EntryBatch entries) {
    windows.sent(
        0,
        1,
        new Message.AppendEntries(
            ProtocolChecks.id(0), 5, 1, new EntryId(first - 1, 1), entries, 0));
  }

  private void sendsOne(long index) {
    sends(index, commands(index, 5, 1, 1));
  }

  private void answers(boolean matched, long index) {
    windows.received(
        1,
        0,
        false,
        new Message.AppendReply(ProtocolChecks.id(1), 5, 1, matched, index, index, List.of()));
  }

  private void fill() {
    for (long index = 1; index <= MESSAGES; index++) {
      sendsOne(index);
    }
  }

  @Test
  void noMoreMessagesAreInFlightThanConfigured() {
    fill();

    assertSeen("WINDOW_BOUND", () -> sendsOne(MESSAGES + 1));
    answers(true, 1);
    sendsOne(MESSAGES + 1);
  }

  @Test
  void noMoreBytesAreInFlightThanConfigured() {
    int frames = (int) (BYTES / commands(1, 5, 1, 1).byteLength()) + 1;
    sends(1, commands(1, 5, frames, 1)); // over the bound at once: the window was empty

    assertSeen("WINDOW_BOUND", () -> sendsOne(frames + 1));
    answers(true, frames);
    sendsOne(frames + 1);
  }

  @Test
  void aLeaderThatBeginsAnewHasNothingInFlight() {
    fill();
    sendsOne(2); // what was in flight counts as lost
    sends(2, EntryBatch.EMPTY); // a probe
    for (long index = 2; index <= MESSAGES + 1; index++) {
      sendsOne(index);
    }

    assertSeen("WINDOW_BOUND", () -> sendsOne(MESSAGES + 2));
    answers(false, 1);
    sendsOne(MESSAGES + 2);
  }

  @Test
  void whatIsSentAgainBehindItsAnswerIsNotInFlight() {
    fill();
    answers(true, MESSAGES); // it waits for the leader's next turn
    sendsOne(MESSAGES);
    for (long index = MESSAGES + 1; index <= 2 * MESSAGES; index++) {
      sendsOne(index);
    }

    assertSeen("WINDOW_BOUND", () -> sendsOne(2 * MESSAGES + 1));
  }
}
