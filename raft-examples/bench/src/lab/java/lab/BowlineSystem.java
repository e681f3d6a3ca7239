package lab;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.RaftConfig;
import io.bowline.raft.RaftHost;
import io.bowline.raft.RaftNode;
import io.bowline.raft.StateMachine;
import io.bowline.raft.client.RaftClient;
import io.bowline.raft.grpc.GrpcClientTransport;
import io.bowline.raft.grpc.GrpcTransport;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Outcome;
import io.bowline.raft.model.Refusal;
import io.bowline.raft.storage.Disk;
import io.bowline.raft.storage.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import lab.net.Replica;
import lab.net.ReplicaClient;
import lab.net.ReplicaServer;

/**
 * Bowline among its peers. {@code client=grpc}: its own client, with a session, over its own
 * transport. {@code client=lab}: embedded, each node behind the lab's client protocol and without a
 * session, as systems that ship no client are measured.
 */
public final class BowlineSystem implements SystemUnderTest {
  private static final GroupId GROUP = GroupId.of("lab");
  private static final byte[] UNSEEN = new byte[0];

  /** The lab's payloads are opaque and never change: nobody has to copy them. */
  private static final Codec<byte[]> OPAQUE =
      new Codec<>() {
        @Override
        public byte[] encode(byte[] value) {
          return value;
        }

        @Override
        public byte[] decode(ByteBuffer bytes) {
          return UNSEEN;
        }
      };

  /** One is added for each command. */
  private static final class Tally implements StateMachine<byte[], Long> {
    private long count;

    @Override
    public void apply(CommittedBatch<byte[], Long> batch) {
      while (batch.next()) {
        batch.reply(++count);
      }
    }

    @Override
    public Long query(byte[] query) {
      return count;
    }
  }

  @Override
  public String version() {
    return "0.1.0-SNAPSHOT";
  }

  @Override
  public String durability(Opts opts) {
    return "fdatasync of the own log by 2 of 3 before an answer, written past the page cache (default)";
  }

  @Override
  public String elections(Opts opts) {
    return opts.getBool("tuned", false) ? "t = 300 ms (300..600 ms)" : "default t = 1 s (1..2 s)";
  }

  @Override
  public String readKind(Opts opts) {
    return "linearizable, by read index";
  }

  @Override
  public Node startNode(ClusterCtx ctx, int id) throws Exception {
    RaftHost host =
        RaftHost.builder()
            .cluster(ClusterId.of("lab"))
            .node(name(id))
            .transport(GrpcTransport.builder().listen(address(ctx, id)).build())
            .callbackExecutor(Runnable::run) // the lab's callbacks only hand over
            .disk(disk(ctx))
            .open();
    RaftNode<byte[], Long> node =
        host.group(GROUP, new Tally())
            .commands(OPAQUE)
            .replies(Codec.int64())
            .directory(ctx.nodeDir(id).resolve("bowline"))
            .config(config(ctx))
            .bootstrapOrResume(membership(ctx));
    if (isEmbedded(ctx)) {
      new ReplicaServer(ctx.clientPort(id), new Embedded(ctx, node));
    }
    return new Node() {
      @Override
      public boolean isLeader() {
        return node.isLeader();
      }

      @Override
      public void close() {
        host.close();
      }
    };
  }

  @Override
  public Client newClient(ClusterCtx ctx) throws Exception {
    if (isEmbedded(ctx)) {
      return new ReplicaClient(ctx);
    }
    List<String> addresses = new ArrayList<>();
    for (int id = 0; id < ctx.nodes; id++) {
      addresses.add(address(ctx, id));
    }
    RaftClient<byte[], Long> client =
        RaftClient.builder()
            .group(GROUP)
            .commands(OPAQUE)
            .replies(Codec.int64())
            .addresses(addresses)
            .transport(GrpcClientTransport.create())
            .callbackExecutor(Runnable::run) // as above; the bound's client answers on its own too
            .open();
    return new Client() {
      @Override
      public void write(byte[] payload, Done done) {
        answer(client.submit(payload), done);
      }

      @Override
      public void read(Done done) {
        answer(client.query(UNSEEN), done);
      }

      @Override
      public void close() {
        client.close();
      }
    };
  }

  /** A node as the lab's own client protocol sees it. */
  private record Embedded(ClusterCtx ctx, RaftNode<byte[], Long> node) implements Replica {
    @Override
    public void write(byte[] payload, Done done) {
      answer(node.propose(payload), done);
    }

    @Override
    public void read(Done done) {
      answer(node.read(UNSEEN), done);
    }

    @Override
    public int leaderHint() {
      NodeId leader = node.leader(); // asked by a callback, which must not wait for the node
      for (int id = 0; id < ctx.nodes; id++) {
        if (name(id).equals(leader)) {
          return id;
        }
      }
      return -1;
    }

    @Override
    public boolean isNotLeader(Throwable failure) {
      return failure instanceof NotLeaderHere;
    }
  }

  /** Nothing was done: another member leads. */
  private static final class NotLeaderHere extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static void answer(CompletableFuture<Outcome<Long>> call, Done done) {
    call.whenComplete(
        (outcome, failure) -> {
          if (outcome instanceof Outcome.Committed<Long> committed) {
            done.done(committed.reply(), null);
          } else if (outcome instanceof Outcome.NotCommitted<Long> refused
              && refused.refusal() instanceof Refusal.NotLeader) {
            done.done(0, new NotLeaderHere());
          } else {
            done.done(0, failure != null ? failure : new IOException(String.valueOf(outcome)));
          }
        });
  }

  private static RaftConfig config(ClusterCtx ctx) {
    RaftConfig.Builder config = RaftConfig.builder();
    if (ctx.tuned()) {
      config.electionTimeout(Duration.ofMillis(300)).heartbeatInterval(Duration.ofMillis(50));
    }
    set(ctx, "maxBatchBytes", config::maxBatchBytes);
    set(ctx, "maxInflightBytes", config::maxInflightBytes);
    set(ctx, "maxInflightMessages", value -> config.maxInflightMessages((int) value));
    set(ctx, "tailCacheBytes", config::tailCacheBytes);
    return config.build();
  }

  private static void set(ClusterCtx ctx, String name, LongConsumer setting) {
    String value = ctx.opts.get(name, "");
    if (!value.isEmpty()) {
      setting.accept(Long.parseLong(value));
    }
  }

  /** {@code pageCache=true}: the log is written through the page cache. */
  private static Disk disk(ClusterCtx ctx) {
    return ctx.opts.get("pageCache", "false").equals("true")
        ? FileDisk.throughPageCache()
        : new FileDisk();
  }

  private static boolean isEmbedded(ClusterCtx ctx) {
    return ctx.opts.get("client", "grpc").equals("lab");
  }

  private static NodeId name(int id) {
    return NodeId.of("n" + id);
  }

  private static String address(ClusterCtx ctx, int id) {
    return ClusterCtx.HOST + ":" + ctx.peerPort(id);
  }

  private static Membership membership(ClusterCtx ctx) {
    Member[] members = new Member[ctx.nodes];
    for (int id = 0; id < ctx.nodes; id++) {
      members[id] = Member.voter(name(id), address(ctx, id));
    }
    return Membership.of(members);
  }
}
