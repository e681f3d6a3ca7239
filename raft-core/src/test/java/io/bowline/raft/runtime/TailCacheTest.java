package io.bowline.raft.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Frame;
import io.bowline.raft.model.NodeId;
import org.junit.jupiter.api.Test;

class TailCacheTest {
  private static final NodeId SLOW = NodeId.of("slow");
  private static final int PAYLOAD = 60;
  private static final int FRAME = Frame.HEADER_BYTES + PAYLOAD;

  static EntryBatch batch(long first, int count, long term) {
    EntryBatch.Builder builder =
        EntryBatch.builder(new EntryId(first, term), count, (long) count * PAYLOAD, 1);
    for (int i = 0; i < count; i++) {
      builder.add(EntryType.COMMAND, new byte[PAYLOAD]);
    }
    return builder.build();
  }

  @Test
  void cutsAcrossBatchesUpToTheLimitInBytes() {
    TailCache tail = new TailCache(1 << 20);
    tail.append(batch(1, 3, 1));
    tail.append(batch(4, 3, 1));

    EntryBatch cut = tail.cut(2, 100, 3 * FRAME);

    assertThat(cut).isNotNull();
    assertThat(cut.firstIndex()).isEqualTo(2);
    assertThat(cut.lastIndex()).isEqualTo(4);
  }

  @Test
  void cutHoldsAtLeastOneEntryHoweverSmallTheLimit() {
    TailCache tail = new TailCache(1 << 20);
    tail.append(batch(1, 3, 1));

    EntryBatch cut = tail.cut(3, 3, 1);

    assertThat(cut).isNotNull();
    assertThat(cut.count()).isEqualTo(1);
  }

  @Test
  void whatIsNotDurableIsNeverEvicted() {
    TailCache tail = new TailCache(FRAME);
    tail.append(batch(1, 2, 1));
    tail.append(batch(3, 2, 1));
    tail.append(batch(5, 2, 1));

    assertThat(tail.cut(1, 9, 1)).isNotNull();
    tail.durable(4);

    assertThat(tail.cut(1, 9, 1)).isNull();
    assertThat(tail.cut(4, 9, 1)).isNull();
    assertThat(tail.cut(5, 9, 1)).isNotNull();
  }

  @Test
  void whatApplyAndAllPeersHaveReadGoes() {
    TailCache tail = threeDurableBatches();

    tail.applied(6);
    assertThat(tail.cut(1, 9, 1)).as("a peer has it to read").isNotNull();

    tail.sent(SLOW, 3);
    tail.applied(6);

    assertThat(tail.cut(2, 9, 1)).isNull();
    assertThat(tail.cut(3, 9, 1)).as("its batch is read in part").isNotNull();
  }

  @Test
  void whatApplyHasNotReadStays() {
    TailCache tail = threeDurableBatches();
    tail.nobodyIsSent();

    tail.applied(1);
    assertThat(tail.cut(2, 9, 1)).isNotNull();

    tail.applied(4);
    assertThat(tail.cut(4, 9, 1)).isNull();
    assertThat(tail.cut(5, 9, 1)).isNotNull();
  }

  @Test
  void whoFellBehindTheBoundHoldsNothing() {
    TailCache tail = threeDurableBatches();
    tail.append(batch(7, 2, 1));
    tail.append(batch(9, 2, 1)); // over the bound by two batches
    tail.applied(6);
    assertThat(tail.cut(2, 9, 1)).isNull();
    assertThat(tail.cut(7, 9, 1)).as("not durable").isNotNull();

    tail.durable(10);
    tail.applied(10);

    assertThat(tail.cut(8, 10, 1)).isNull();
    assertThat(tail.cut(9, 10, 1)).isNotNull();
  }

  /** Entries 1 to 6 by two; bounds of three batches and of one; a peer that is to get the 2nd. */
  private static TailCache threeDurableBatches() {
    TailCache tail = new TailCache(6L * FRAME, 2L * FRAME);
    tail.append(batch(1, 2, 1));
    tail.append(batch(3, 2, 1));
    tail.append(batch(5, 2, 1));
    tail.sent(SLOW, 1);
    tail.durable(6);
    return tail;
  }

  @Test
  void anOverwriteDropsWhatStoodBehindIt() {
    TailCache tail = new TailCache(1 << 20);
    tail.append(batch(1, 4, 1));
    tail.append(batch(5, 4, 1));
    tail.durable(8);

    tail.append(batch(3, 2, 2));

    EntryBatch cut = tail.cut(1, 100, 1 << 20);
    assertThat(cut).isNotNull();
    assertThat(cut.last()).isEqualTo(new EntryId(4, 2));
    assertThat(cut.termAt(2)).isEqualTo(1);
    assertThat(tail.cut(5, 9, 1)).isNull();
    assertThat(tail.bytes()).isEqualTo(4L * FRAME);
  }

  @Test
  void manyBatchesOutgrowTheRing() {
    TailCache tail = new TailCache(Long.MAX_VALUE);

    for (int i = 1; i <= 1000; i++) {
      tail.append(batch(i, 1, 1));
    }

    EntryBatch cut = tail.cut(1, 1000, Long.MAX_VALUE);
    assertThat(cut).isNotNull();
    assertThat(cut.count()).isEqualTo(1000);
  }
}
