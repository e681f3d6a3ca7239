package io.bowline.raft.examples.counter;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What lies between the nodes of a {@link ChaosCluster}, and can be split. */
interface Network extends AutoCloseable {
  /** Where each node listens. */
  List<String> addresses();

  /** How a node reaches its peers, by number, where that is not their address. */
  Map<Integer, String> routes(int node);

  /** The command line that runs this one where the node lives. */
  List<String> at(int node, List<String> command);

  /** Nothing passes between this node and the others any more; clients still reach it. */
  void isolate(int node) throws IOException;

  /** Everything passes again. */
  void heal() throws IOException;

  @Override
  void close() throws IOException;
}
