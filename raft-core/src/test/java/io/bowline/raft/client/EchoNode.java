package io.bowline.raft.client;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.Payload;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;

/** A leader with a thread of its own, which answers all that waits in one batch, with an echo. */
final class EchoNode implements ClientTransport {
  private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::run, "echo-node");

  /** Sequences applied; read after {@link #close}. */
  final Set<Long> applied = new HashSet<>();

  private long index;
  private boolean stopped;

  EchoNode() {
    thread.start();
  }

  @Override
  public Connection connect(String address, Listener listener) {
    work.add(listener::opened);
    return new Connection() {
      @Override
      public boolean send(List<ClientRequest> batch) {
        work.add(() -> answer(batch, listener));
        return true;
      }

      @Override
      public void close() {
        work.add(() -> listener.closed("closed by the client"));
      }
    };
  }

  private void answer(List<ClientRequest> batch, Listener listener) {
    List<ClientReply> replies = new ArrayList<>(batch.size());
    for (ClientRequest request : batch) {
      if (request instanceof ClientRequest.Greet) {
        replies.add(new ClientReply.Founded(request.id(), new FoundingId(1, 2)));
        continue;
      }
      index++;
      Payload reply = Payload.EMPTY;
      if (request instanceof ClientRequest.Command command) {
        if (!applied.add(command.session().sequence())) {
          throw new AssertionError("a duplicate where nothing is lost: " + command);
        }
        reply = command.command();
      }
      replies.add(new ClientReply.Done(request.id(), index, reply));
    }
    listener.replies(replies);
  }

  private void run() {
    try {
      while (!stopped) {
        work.take().run();
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the thread behind all that was sent. */
  @Override
  public void close() {
    work.add(() -> stopped = true);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
