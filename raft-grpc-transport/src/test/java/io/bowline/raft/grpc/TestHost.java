package io.bowline.raft.grpc;

import io.bowline.raft.model.ClientReply;
import io.bowline.raft.model.ClientRequest;
import io.bowline.raft.model.ClusterId;
import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Message;
import io.bowline.raft.model.NodeId;
import io.bowline.raft.model.Peer;
import io.bowline.raft.model.StartPair;
import io.bowline.raft.transport.DirectoryState;
import io.bowline.raft.transport.GroupLink;
import io.bowline.raft.transport.GroupWord;
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

  record Received(GroupId group, Peer from, Message message) {}

  record Connected(GroupLink link, DirectoryState directory) {}

  final NodeId id;
  final GrpcTransport transport;
  final Queue<Received> received = new ConcurrentLinkedQueue<>();
  final Queue<Connected> connected = new ConcurrentLinkedQueue<>();
  final Queue<GroupLink> opened = new ConcurrentLinkedQueue<>();
  final Queue<GroupLink> closed = new ConcurrentLinkedQueue<>();
  private final Map<GroupId, DirectoryState> directories = new ConcurrentHashMap<>();
  private final Map<GroupLink, DirectoryState> heard = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  final AtomicLong requests = new AtomicLong();
  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
  volatile boolean holdAnswers;
  volatile Function<DirectoryState, @Nullable String> judge = directory -> null;
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

  /** Of that node, in its so-manieth start. */
  static DirectoryState directory(String node, long start) {
    return new DirectoryState(
        new Incarnation(node.hashCode(), start),
        new StartPair(start, 99),
        Founding.FRESH,
        0x1234_5678L,
        1,
        "here");
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
    return serve(GROUP, 1);
  }

  TestHost serve(GroupId group, long start) {
    directories.put(group, directory(id.value(), start));
    transport.openGroup(group);
    return this;
  }

  Peer peer(GroupId group) {
    DirectoryState own = directories.getOrDefault(group, directory(id.value(), 1));
    return new Peer(id, own.incarnation());
  }

  TestHost knows(TestHost... others) {
    Map<NodeId, List<String>> addresses = new ConcurrentHashMap<>();
    for (TestHost other : others) {
      addresses.put(other.id, List.of(other.transport.address()));
    }
    transport.peers(GROUP, addresses);
    return this;
  }

  boolean send(TestHost to, Message message) {
    return transport.send(GROUP, to.peer(GROUP), message);
  }

  List<Message> messages() {
    return received.stream().map(Received::message).toList();
  }

  @Override
  public void opened(GroupLink link) {
    opened.add(link);
    DirectoryState own = directories.get(link.group());
    if (own != null) {
      link.say(new GroupWord.Hello(link.group(), numbers.incrementAndGet(), own));
    }
  }

  @Override
  public void said(GroupLink link, GroupWord word) {
    DirectoryState own = directories.get(link.group());
    if (own == null) {
      link.refuse("no directory");
    } else if (word instanceof GroupWord.Hello hello) {
      if (isWelcome(link, hello.self())) {
        link.say(new GroupWord.Answer(link.group(), hello.number(), own, null));
      }
    } else if (word instanceof GroupWord.Answer answer) {
      if (isWelcome(link, answer.self())) {
        link.say(new GroupWord.Confirm(link.group(), answer.number(), null));
      }
    } else {
      DirectoryState directory = heard.get(link);
      if (directory != null) {
        link.admit(new Peer(link.peer(), directory.incarnation()));
        if (word instanceof GroupWord.Confirm confirm) {
          link.say(new GroupWord.Confirmed(link.group(), confirm.number()));
        } else if (link.isForEntries()) {
          connected.add(new Connected(link, directory));
        }
      }
    }
  }

  private boolean isWelcome(GroupLink link, DirectoryState other) {
    String refusal = judge.apply(other);
    if (refusal != null) {
      link.refuse(refusal);
      return false;
    }
    heard.put(link, other);
    return true;
  }

  @Override
  public void refused(GroupLink link, String reason) {}

  @Override
  public void closed(GroupLink link) {
    closed.add(link);
  }

  @Override
  public void received(GroupId group, Peer from, Message message) {
    received.add(new Received(group, from, message));
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
