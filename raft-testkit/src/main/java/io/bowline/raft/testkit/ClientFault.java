package io.bowline.raft.testkit;

/** What happens to those who ask. */
public sealed interface ClientFault extends Fault {
  @Override
  default FaultArea area() {
    return FaultArea.CLIENT;
  }

  /** Which of the clients, from 0. */
  int client();

  /** Kills a client; it comes back as another one, with another session. */
  record ClientCrash(int client) implements ClientFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.clients().get(client).crash();
      cluster.deaths().clientDied();
      return () -> cluster.clients().get(client).start();
    }
  }

  /** A client gets no turn for so long; what it was answered waits. */
  record ClientPause(int client, long nanos) implements ClientFault {
    @Override
    public Runnable strike(Cluster cluster) {
      cluster.clients().get(client).pause(nanos);
      return () -> {};
    }
  }
}
