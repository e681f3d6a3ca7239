package io.bowline.raft.testkit;

import io.bowline.raft.client.ClientTransport;
import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.transport.Greetings;
import io.bowline.raft.transport.TransportHandler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client's transport over the {@link SimulatedNetwork}: streams in order, until they break. */
final class SimulatedClientTransport implements ClientTransport {
  private final SimulatedNetwork network;
  private final Life life;
  private final List<Stream> streams = new ArrayList<>();

  SimulatedClientTransport(SimulatedNetwork network, Life life) {
    this.network = network;
    this.life = life;
  }

  @Override
  public Connection connect(String address, Listener listener) {
    Stream stream = new Stream(network, life, address, listener);
    streams.add(stream);
    stream.dial();
    return stream;
  }

  @Override
  public void close() {
    List.copyOf(streams).forEach(Stream::close);
    streams.clear();
  }

  /** One connection from a client to a node. */
  static final class Stream implements Connection, TransportHandler.ReplySink {
    private final SimulatedNetwork network;
    private final Simulation simulation;
    private final Life client;
    private final String address;
    private final Listener listener;
    private final Greetings greetings = new Greetings();
    private @Nullable SimulatedTransport node;
    private @Nullable Pipe out;
    private @Nullable Pipe back;
    private boolean open;
    private boolean closed;

    Stream(SimulatedNetwork network, Life client, String address, Listener listener) {
      this.network = network;
      this.simulation = network.simulation();
      this.client = client;
      this.address = address;
      this.listener = listener;
    }

    boolean isOf(Life life) {
      return client == life || (node != null && node.life() == life);
    }

    private void later(long nanos, Runnable task) {
      simulation.at(
          simulation.now() + nanos,
          new Event(Event.Kind.CONNECTION, client) {
            @Override
            void happen() {
              simulation.run(task);
            }

            @Override
            String describe() {
              return "stream to " + address;
            }
          });
    }

    private void dial() {
      Integer slot = network.slotOf(address);
      if (slot == null) {
        later(network.seconds(0.01), () -> end("there is no " + address));
        return;
      }
      later(2 * network.delay(client.slot(), slot), () -> reach(slot));
    }

    private void reach(int slot) {
      SimulatedTransport reached = network.endpoint(slot);
      boolean cut =
          network.isBlocked(client.slot(), slot) || network.isBlocked(slot, client.slot());
      if (closed) {
        return;
      }
      if (cut) { // nobody answers: the client's own time-out ends the attempt
        later(network.seconds(3), () -> end(address + " does not answer"));
      } else if (reached == null || network.refuses(slot)) {
        end(address + " refused the connection");
      } else {
        node = reached;
        out = new Pipe(network, client.slot(), slot);
        back = new Pipe(network, slot, client.slot());
        open = true;
        network.made(this);
        listener.opened();
      }
    }

    @Override
    public boolean send(List<ClientRequest> batch) {
      SimulatedTransport to = node;
      Pipe pipe = out;
      if (!open || to == null || pipe == null || client.isDead()) {
        return false;
      }
      byte[] bytes = network.requests.encode(new SimulatedNetwork.Asked(batch));
      if (!pipe.takes(bytes.length)) {
        later(network.delay(client.slot(), to.slot()), this::tellRoom);
        return false;
      }
      pipe.sendInOrder(
          new Pipe.Parcel(Event.Kind.CLIENT, to.life(), bytes) {
            @Override
            void arrive() {
              asked(to, network.requests.decode(bytes()).batch());
            }

            @Override
            String type() {
              return "ClientRequest";
            }

            @Override
            String describe() {
              return network.requests.decode(bytes()).toString();
            }
          });
      if (network.mishaps().chance(network.rates().resets)) {
        breakAfter(network.delay(client.slot(), to.slot()));
      }
      return true;
    }

    private void tellRoom() {
      if (open) {
        listener.writable();
      }
    }

    private void asked(SimulatedTransport to, List<ClientRequest> batch) {
      TransportHandler handler = to.handler();
      simulation.run(() -> handler.requests(batch, this));
    }

    @Override
    public Greetings greetings() {
      return greetings;
    }

    @Override
    public void reply(List<ClientReply> replies) {
      SimulatedTransport from = node;
      Pipe pipe = back;
      if (!open || from == null || pipe == null || from.life().isDead()) {
        return;
      }
      byte[] bytes = network.replies.encode(new SimulatedNetwork.Answered(replies));
      pipe.sendInOrder(
          new Pipe.Parcel(Event.Kind.CLIENT, client, bytes) {
            @Override
            void arrive() {
              if (open) {
                List<ClientReply> answers = network.replies.decode(bytes()).batch();
                simulation.run(() -> listener.replies(answers));
              }
            }

            @Override
            String type() {
              return "ClientReply";
            }

            @Override
            String describe() {
              return network.replies.decode(bytes()).toString();
            }
          });
    }

    void pathChanged(int from, int to) {
      SimulatedTransport other = node;
      Pipe changed = null;
      if (other != null && from == client.slot() && to == other.slot()) {
        changed = out;
      } else if (other != null && to == client.slot() && from == other.slot()) {
        changed = back;
      }
      if (changed == null) {
        return;
      }
      if (network.isBlocked(from, to)) {
        long patience = network.seconds(network.random().nextBoolean() ? 0.5 : 8);
        simulation.world(
            simulation.now() + patience,
            client.slot(),
            "keep-alive",
            () -> {
              if (network.isBlocked(from, to)) {
                breakAfter(0);
              }
            });
      } else {
        changed.resume();
      }
    }

    void breakAfter(long nanos) {
      later(nanos, () -> end("the connection to " + address + " broke"));
    }

    private void end(String reason) {
      if (!closed) {
        closed = true;
        open = false;
        network.broken(this);
        listener.closed(reason);
      }
    }

    @Override
    public void close() {
      later(0, () -> end("closed"));
    }
  }
}
