package io.bowline.raft.testkit.junit.conformance;

import java.io.IOException;

/**
 * What lies between a transport and the one that it dials, in the hands of the kit. {@link #tcp}
 * makes one for every transport over TCP. Safe from any thread.
 */
public interface Cable extends AutoCloseable {
  /** Where to dial in order to come out at the other end. */
  String address();

  /**
   * From now on a connection on which more bytes have passed in one direction, counted from its
   * beginning, passes no more; 0 holds all, {@link Long#MAX_VALUE} lets all go on.
   */
  void holdAfter(long bytes);

  /** All connections break; new ones are taken. */
  void cut() throws IOException;

  /** The end: nothing passes any more. */
  @Override
  void close() throws IOException;

  /**
   * A relay on this machine.
   *
   * @param target where it leads: a port of this machine, {@code host:port}
   */
  static Cable tcp(String target) throws IOException {
    return new TcpCable(target);
  }
}
