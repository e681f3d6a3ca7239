package io.bowline.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** DESIGN 14: replicated time never falls along the log; what came so could not be read back. */
class FallingTimeTest {
  private final ScenarioWorld world =
      ScenarioSetup.world("n2 follower of n1 n2 n3, term 2, leader n1");

  private List<Effect> hears(long term, EntryId prev, EntryBatch... entries) {
    Message append =
        new Message.AppendEntries(
            NodeId.of("n1"), term, 1, prev, EntryBatch.join(List.of(entries)), 0);
    return world.step(new Input.Receive(append, new Incarnation(0, 1), 1));
  }

  private static EntryBatch entry(long index, long term, long time) {
    return TestNode.command(new EntryId(index, term), index, time);
  }

  private void refused(List<Effect> effects) {
    world.advance(100_000_000); // a reset is said once a heartbeat interval
    assertThat(effects).hasSize(1).first().isInstanceOf(Effect.Reset.class);
  }

  @Test
  void anEarlierTimeBehindTheLastEntryIsRefused() {
    hears(2, EntryId.ZERO, entry(1, 2, 500));

    refused(hears(2, new EntryId(1, 2), entry(2, 2, 499)));
    assertThat(world.status().last()).isEqualTo(new EntryId(1, 2));
    hears(2, new EntryId(1, 2), entry(2, 2, 500));
    assertThat(world.status().last()).isEqualTo(new EntryId(2, 2));
  }

  @Test
  void anEarlierTimeThanWhatATruncationKeepsIsRefusedBeforeTheTermRule() {
    hears(2, EntryId.ZERO, entry(1, 2, 100), entry(2, 2, 500), entry(3, 2, 900));

    refused(hears(3, new EntryId(2, 2), entry(3, 3, 499)));
    assertThat(world.status().term()).isEqualTo(2);
    hears(3, new EntryId(2, 2), entry(3, 3, 500));
    assertThat(world.status().last()).isEqualTo(new EntryId(3, 3));
    refused(hears(3, new EntryId(3, 3), entry(4, 3, 499)));
  }

  @Test
  void noTimeIsLaterThanTheLargestNumber() {
    refused(hears(2, EntryId.ZERO, entry(1, 2, Message.MAX_NUMBER + 1)));
  }
}
