package io.bowline.raft.storage;

/** A log that was read back or just made, durable as a whole, and its open end. */
record RecoveredLog(LogOutline outline, LogIndex index, BlockWriter writer) {}
