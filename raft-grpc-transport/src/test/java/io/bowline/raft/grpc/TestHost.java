package io.bowline.raft.grpc;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.transport.GroupHello;
import io.bowline.raft.transport.LocalNode;
import io.bowline.raft.transport.TransportHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A host of which only the transport is real: it writes down what it is told. */
final class TestHost implements TransportHandler, AutoCloseable {
  static final GroupId GROUP = GroupId.of("main");
  static final ClusterId CLUSTER = ClusterId.of("test");
  static final int MAX_MESSAGE_BYTES = 4 << 20;

  record Received(NodeId peer, GroupHello hello, Message message) {}

  record Connected(NodeId peer, GroupHello hello) {}

  final NodeId id;
  final GrpcTransport transport;
  final Queue<Received> received = new ConcurrentLinkedQueue<>();
  final Queue<Connected> connected = new ConcurrentLinkedQueue<>();
  final AtomicLong requests = new AtomicLong();
  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
  volatile boolean holdAnswers;
  volatile Function<GroupHello, @Nullable String> judge = hello -> null;
  volatile Function<ClientRequest, ClientReply> answer =
      request -> new ClientReply.Unknown(request.id(), "nobody answers here");

  private TestHost(NodeId id, GrpcTransport transport) {
    this.id = id;
    this.transport = transport;
  }

  static TestHost start(String id) throws IOException {
    return start(id, "127.0.0.1:0", CLUSTER, MAX_MESSAGE_BYTES);
  }

  static TestHost start(String id, String listen, ClusterId cluster, int maxMessageBytes)
      throws IOException {
    return start(
        GrpcTransport.builder().listen(listen),
        new LocalNode(cluster, NodeId.of(id), 1, maxMessageBytes));
  }

  static TestHost start(GrpcTransport.Builder builder, LocalNode local) throws IOException {
    TestHost host = new TestHost(local.node(), builder.build());
    try {
      host.transport.start(local, host);
    } catch (IOException | RuntimeException e) {
      host.transport.close();
      throw e;
    }
    return host;
  }

  static GroupHello hello(String node, long startCounter) {
    return new GroupHello(GROUP, 0x1234_5678L, new Incarnation(node.hashCode(), 7), startCounter);
  }

  static EntryBatch entries(long first, long term, int count, int bytes) {
    EntryBatch.Builder builder =
        EntryBatch.builder(new EntryId(first, term), count, (long) count * bytes, 99);
    for (int i = 0; i < count; i++) {
      builder.add(EntryType.COMMAND, new byte[bytes]);
    }
    return builder.build();
  }

  static byte[] bytes(EntryBatch batch) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    batch.writeTo(out::write);
    return out.toByteArray();
  }

  TestHost serve() {
    transport.openGroup(hello(id.value(), 1));
    return this;
  }

  TestHost knows(TestHost... others) {
    Map<NodeId, String> addresses = new ConcurrentHashMap<>();
    for (TestHost other : others) {
      addresses.put(other.id, other.transport.address());
    }
    transport.peers(GROUP, addresses);
    return this;
  }

  boolean send(TestHost to, Message message) {
    return transport.send(GROUP, to.id, message);
  }

  List<Message> messages() {
    return received.stream().map(Received::message).toList();
  }

  @Override
  public @Nullable String hello(NodeId peer, GroupHello hello) {
    return judge.apply(hello);
  }

  @Override
  public void connected(NodeId peer, GroupHello hello) {
    connected.add(new Connected(peer, hello));
  }

  @Override
  public void received(NodeId peer, GroupHello hello, Message message) {
    received.add(new Received(peer, hello, message));
  }

  @Override
  public void requests(List<ClientRequest> batch, ReplySink replies) {
    requests.addAndGet(batch.size());
    if (holdAnswers) {
      held.add(() -> answer(batch, replies));
    } else {
      answer(batch, replies);
    }
  }

  private void answer(List<ClientRequest> batch, ReplySink replies) {
    List<ClientReply> answers = new ArrayList<>();
    for (ClientRequest request : batch) {
      answers.add(answer.apply(request));
    }
    replies.reply(answers);
  }

  /** Answers what was held, and from now on at once. */
  void answerHeld() {
    holdAnswers = false;
    for (Runnable next = held.poll(); next != null; next = held.poll()) {
      next.run();
    }
  }

  @Override
  public void close() {
    transport.close();
  }
}
