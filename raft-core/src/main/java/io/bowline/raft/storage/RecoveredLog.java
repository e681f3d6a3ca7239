package io.bowline.raft.storage;

import java.util.List;

/** A log that was read back or just made, durable as a whole, and its open end. */
record RecoveredLog(
    LogOutline outline, LogIndex index, BlockWriter writer, List<Segment> segments) {}
