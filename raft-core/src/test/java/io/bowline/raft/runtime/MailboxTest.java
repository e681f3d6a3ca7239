package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MailboxTest {
  private static final NodeId LEADER = NodeId.of("n1");
  private static final Incarnation SENDER = Incarnation.draw(new SplittableRandom(1));

  private final TailCache tail = new TailCache(0);
  private final Mailbox mailbox =
      new Mailbox(
          AdmissionTest.CONFIG, new Admission(AdmissionTest.CONFIG, () -> 0), tail::undurableBytes);

  private static Mailbox.Received entries(EntryBatch batch) {
    return new Mailbox.Received(
        new Message.AppendEntries(LEADER, 1, 1, new EntryId(0, 0), batch, 0), SENDER);
  }

  @Test
  void entriesThatWaitAreBoundedInBytes() {
    EntryBatch batch = TailCacheTest.batch(1, 30, 1);
    int taken = 0;
    while (mailbox.offer(entries(batch))) {
      taken++;
    }

    assertThat(taken)
        .isEqualTo((int) (AdmissionTest.CONFIG.maxReceivedBytes() / batch.byteLength()));
    assertThat(mailbox.offer(new Mailbox.Received(new Message.VoteReply(LEADER, 1, true), SENDER)))
        .isTrue();
    mailbox.poll();
    assertThat(mailbox.offer(entries(batch))).isTrue();
  }

  @Test
  void entriesThatWaitForTheDiskCountToo() {
    EntryBatch large = TailCacheTest.batch(1, 240, 1);
    assertThat(mailbox.offer(entries(large))).isTrue();
    mailbox.poll();
    tail.append(large);

    assertThat(mailbox.offer(entries(TailCacheTest.batch(241, 240, 1)))).isFalse();
    tail.durable(240);
    assertThat(mailbox.offer(entries(TailCacheTest.batch(241, 240, 1)))).isTrue();
  }

  @Test
  void whatIsOverwrittenNoLongerCounts() {
    tail.append(TailCacheTest.batch(1, 240, 1));
    tail.append(TailCacheTest.batch(1, 1, 2));

    assertThat(tail.undurableBytes()).isEqualTo(TailCacheTest.batch(1, 1, 2).byteLength());
    tail.durable(1);
    assertThat(tail.undurableBytes()).isZero();
  }
}
