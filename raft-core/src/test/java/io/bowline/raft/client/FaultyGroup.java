package io.bowline.raft.client;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.FoundingId;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.model.SessionHeader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A group as a client sees it, reduced to one history and one session table, at its worst: answers
 * get lost, come late or twice; connections break before, between and behind; leadership moves;
 * what was taken is applied late, or never; sessions expire.
 */
final class FaultyGroup implements ClientTransport {
  private static final List<String> ADDRESSES = List.of("a", "b", "c");

  /** Every command that was applied, in order: what a client must not be wrong about. */
  final List<String> history = new ArrayList<>();

  private final VirtualTime time;
  private final Random random;
  private final int faultPercent;
  private final Map<Long, TreeMap<Long, ClientReply.Done>> sessions = new TreeMap<>();
  private final Map<Long, Long> lowestWanted = new TreeMap<>();
  private long index;
  private @Nullable String leader;
  private boolean healed;

  FaultyGroup(VirtualTime time, long seed, int faultPercent) {
    this.time = time;
    this.random = new Random(seed);
    this.faultPercent = faultPercent;
    this.leader = "a";
  }

  /** From now on nothing goes wrong any more. */
  void heal() {
    healed = true;
    leader = leader == null ? "b" : leader;
  }

  boolean fault() {
    return !healed && random.nextInt(100) < faultPercent;
  }

  /** From now on every answer arrives, and says that nobody leads. */
  void loseLeader() {
    healed = true;
    leader = null;
  }

  /** Now and then: another leader, none, or a session gone. */
  void disturb() {
    if (fault()) {
      leader = random.nextInt(3) == 0 ? null : ADDRESSES.get(random.nextInt(3));
    }
    if (fault() && random.nextInt(4) == 0) {
      sessions.clear();
    }
  }

  @Override
  public Connection connect(String address, Listener listener) {
    return new Node(address, listener);
  }

  @Override
  public void close() {}

  private Duration delay() {
    long micros = fault() ? random.nextInt(400_000) : random.nextInt(2_000);
    return Duration.ofNanos(micros * 1_000);
  }

  /** Applies it now, wherever it was proposed; exactly as a session table would. */
  private ClientReply apply(ClientRequest request) {
    long id = request.id();
    if (request instanceof ClientRequest.Greet) {
      return new ClientReply.Founded(id, new FoundingId(1, 2));
    }
    if (request instanceof ClientRequest.OpenSession) {
      sessions.put(++index, new TreeMap<>());
      return new ClientReply.Done(id, index, Payload.EMPTY);
    }
    if (!(request instanceof ClientRequest.Command command)) {
      return new ClientReply.Done(id, index, text("answer"));
    }
    SessionHeader header = command.session();
    TreeMap<Long, ClientReply.Done> answered = sessions.get(header.session());
    if (answered == null) {
      Refusal expired = new Refusal.SessionExpired(header.session());
      return new ClientReply.Refused(id, expired, null, null);
    }
    long lowest = lowestWanted.merge(header.session(), header.lowestWanted(), Math::max);
    if (header.sequence() < lowest) {
      Refusal forgotten = new Refusal.SessionExpired(header.session());
      return new ClientReply.Refused(id, forgotten, null, null);
    }
    ClientReply.Done before = answered.get(header.sequence());
    if (before == null) {
      history.add(StandardCharsets.UTF_8.decode(command.command().view()).toString());
      before =
          new ClientReply.Done(0, ++index, text("reply to " + history.get(history.size() - 1)));
      answered.put(header.sequence(), before);
    }
    return new ClientReply.Done(id, before.index(), before.reply());
  }

  private static Payload text(String text) {
    return Payload.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private final class Node implements Connection {
    private final String address;
    private final Listener listener;
    private boolean open;
    private boolean gone;

    Node(String address, Listener listener) {
      this.address = address;
      this.listener = listener;
      time.after(delay(), fault() ? () -> lose("refused") : this::opened);
    }

    private void opened() {
      if (!gone) {
        open = true;
        listener.opened();
      }
    }

    private void lose(String reason) {
      if (!gone) {
        gone = true;
        open = false;
        listener.closed(reason);
      }
    }

    @Override
    public boolean send(List<ClientRequest> batch) {
      if (!open || fault()) {
        time.after(delay(), listener::writable);
        return false;
      }
      for (ClientRequest request : batch) {
        time.after(delay(), () -> arrive(request));
      }
      if (fault()) {
        time.after(delay(), () -> lose("broken"));
      }
      return true;
    }

    @Override
    public void close() {
      time.after(Duration.ZERO, () -> lose("closed by the client"));
    }

    private void arrive(ClientRequest request) {
      if (gone) {
        return; // it was still in the pipe
      }
      if (request instanceof ClientRequest.Greet && !fault()) {
        answer(apply(request));
      } else if (!address.equals(leader)) {
        String hint = fault() ? ADDRESSES.get(random.nextInt(3)) : leader;
        answer(refused(request, new Refusal.NotLeader(), hint));
      } else if (fault()) {
        misbehave(request);
      } else {
        answer(apply(request));
      }
    }

    private void misbehave(ClientRequest request) {
      switch (random.nextInt(7)) {
        case 0 -> answer(refused(request, new Refusal.Overloaded("bytes", 1, 2), null));
        case 1 -> answer(refused(request, new Refusal.Overwritten(), null));
        case 2 -> answer(refused(request, new Refusal.Closed("stopping"), null));
        case 3 -> time.after(delay(), () -> answer(apply(request))); // and nobody may be waiting
        case 4 -> {
          answer(new ClientReply.Unknown(request.id(), "stepped down"));
          applyLate(request);
        }
        case 5 -> applyLate(request);
        default -> {
          ClientReply reply = apply(request);
          answer(reply);
          answer(reply);
        }
      }
    }

    /** It stays in a log, may be committed by another leader, and nobody answers. */
    private void applyLate(ClientRequest request) {
      if (random.nextBoolean()) {
        time.after(Duration.ofMillis(random.nextInt(8_000)), () -> apply(request));
      }
    }

    private void answer(ClientReply reply) {
      if (fault()) {
        return;
      }
      time.after(
          delay(),
          () -> {
            if (!gone) {
              listener.replies(List.of(reply));
            }
          });
    }

    private ClientReply refused(ClientRequest request, Refusal refusal, @Nullable String hint) {
      NodeId node = hint == null ? null : NodeId.of(hint);
      return new ClientReply.Refused(request.id(), refusal, node, hint);
    }
  }
}
