/** Bowline's testkit: runs the nodes that ship on one thread, in a simulated world of faults. */
@SuppressWarnings("module")
module io.bowline.raft.testkit {
  requires transitive io.bowline.raft;
  requires static transitive org.jspecify;
  requires static net.jqwik.api;
  requires static org.junit.jupiter.api;
  requires java.compiler;

  exports io.bowline.raft.testkit;
  exports io.bowline.raft.testkit.linearizability;
  exports io.bowline.raft.testkit.campaign;
  exports io.bowline.raft.testkit.picture;
  exports io.bowline.raft.testkit.junit;
  exports io.bowline.raft.testkit.jqwik;
  exports io.bowline.raft.testkit.junit.conformance;

  opens io.bowline.raft.testkit.junit.conformance; // JUnit calls what is package-private
}
