package io.bowline.raft.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A transport whose nodes do what the test says, when the test says so. */
final class ScriptedNodes implements ClientTransport {
  final List<Talk> talks = new ArrayList<>();

  /** By what each session is named beside its index. */
  private final Map<Long, SessionKey> keys = new HashMap<>();

  /** What every node answers to a greeting; {@code null} if the test answers by itself. */
  @Nullable FoundingId founding = new FoundingId(1, 2);

  @Override
  public Connection connect(String address, Listener listener) {
    if (address.equals("bad")) {
      throw new IllegalArgumentException("no host:port: " + address);
    }
    Talk talk = new Talk(address, listener);
    talks.add(talk);
    return talk;
  }

  SessionHeader header(long session, long sequence, long lowestWanted) {
    return new SessionHeader(session, requireNonNull(keys.get(session)), sequence, lowestWanted);
  }

  /** The latest connection. */
  Talk last() {
    return talks.get(talks.size() - 1);
  }

  @Override
  public void close() {}

  /** One connection, seen from the node. */
  final class Talk implements Connection {
    final String address;
    final List<List<ClientRequest>> batches = new ArrayList<>();

    /** Those that were answered without being asked by the test. */
    final List<ClientRequest.Greet> greetings = new ArrayList<>();

    boolean closedByClient;
    boolean full;
    boolean broken;
    private final Listener listener;
    private boolean open;

    Talk(String address, Listener listener) {
      this.address = address;
      this.listener = listener;
    }

    @Override
    public boolean send(List<ClientRequest> batch) {
      assertThat(batch).isNotEmpty();
      if (broken) {
        throw new IllegalStateException("broken on purpose");
      }
      if (!open || full) {
        return false;
      }
      FoundingId known = founding;
      if (known != null && batch.get(0) instanceof ClientRequest.Greet greet) {
        greetings.add(greet);
        reply(new ClientReply.Founded(greet.id(), known));
      } else {
        batches.add(batch);
      }
      return true;
    }

    @Override
    public void close() {
      if (!closedByClient) {
        closedByClient = true;
        open = false;
        listener.closed("closed by the client");
      }
    }

    Talk open() {
      open = true;
      listener.opened();
      return this;
    }

    void lose(String reason) {
      open = false;
      listener.closed(reason);
    }

    void roomAgain() {
      full = false;
      listener.writable();
    }

    List<ClientRequest> received() {
      List<ClientRequest> all = new ArrayList<>();
      batches.forEach(all::addAll);
      return all;
    }

    ClientRequest lastRequest() {
      List<ClientRequest> all = received();
      return all.get(all.size() - 1);
    }

    ClientRequest.Command lastCommand() {
      return (ClientRequest.Command) lastRequest();
    }

    /** Commands of the last batch. */
    List<ClientRequest> lastBatch() {
      return batches.get(batches.size() - 1);
    }

    void reply(ClientReply... replies) {
      listener.replies(List.of(replies));
    }

    void done(ClientRequest request, long index, String reply) {
      reply(new ClientReply.Done(request.id(), index, payload(reply)));
    }

    void refuse(ClientRequest request, Refusal refusal) {
      reply(new ClientReply.Refused(request.id(), refusal, null, null));
    }

    void notLeader(ClientRequest request, @Nullable String leaderAddress) {
      NodeId leader = leaderAddress == null ? null : NodeId.of(leaderAddress);
      reply(new ClientReply.Refused(request.id(), new Refusal.NotLeader(), leader, leaderAddress));
    }

    /** Answers the session's opening. */
    void openSession(long id) {
      ClientRequest request = lastRequest();
      assertThat(request).isInstanceOf(ClientRequest.OpenSession.class);
      keys.put(id, ((ClientRequest.OpenSession) request).key());
      done(request, id, "");
    }
  }

  static Payload payload(String text) {
    return Payload.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
