/** Bowline's core: replicates a state machine by Raft. */
@SuppressWarnings("module")
module io.bowline.raft {
  requires jdk.unsupported; // to write past the page cache
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.bowline.raft;
  exports io.bowline.raft.client;
  exports io.bowline.raft.model;
  exports io.bowline.raft.storage;
  exports io.bowline.raft.transport;
  exports io.bowline.raft.core to
      io.bowline.raft.testkit;
  exports io.bowline.raft.founding to
      io.bowline.raft.testkit;
  exports io.bowline.raft.logging to
      io.bowline.raft.grpc,
      io.bowline.raft.testkit;
  exports io.bowline.raft.runtime to
      io.bowline.raft.testkit;
}
