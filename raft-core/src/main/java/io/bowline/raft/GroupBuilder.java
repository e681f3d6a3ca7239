package io.bowline.raft;

import io.bowline.raft.core.CoreConfig;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.Frame;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Problems;
import io.bowline.raft.runtime.NodeEnvironment;
import io.bowline.raft.runtime.NodeRuntime;
import io.bowline.raft.runtime.RuntimeConfig;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.SegmentedStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.storage.StorageOptions;
import io.bowline.raft.storage.StorageProvider;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a group's node needs; {@link #bootstrap} or {@link #resume} opens it.
 *
 * @param <C> a command
 * @param <R> a reply
 */
public final class GroupBuilder<C, R> {
  private static final long IDLE_NANOS = 100_000_000L;
  private static final int MAX_MAILBOX_MESSAGES = 1 << 14;

  private final RaftHost host;
  private final GroupId group;
  private final StateMachine<C, R> stateMachine;
  private @Nullable Codec<C> commands;
  private @Nullable Codec<R> replies;
  private @Nullable Path directory;
  private @Nullable StorageProvider storage;
  private RaftConfig config = RaftConfig.defaults();
  private StorageOptions storageOptions = StorageOptions.defaults();
  private RaftListener listener = new RaftListener() {};

  GroupBuilder(RaftHost host, GroupId group, StateMachine<C, R> stateMachine) {
    this.host = host;
    this.group = group;
    this.stateMachine = stateMachine;
  }

  /**
   * Required.
   *
   * @param codec for commands and queries
   * @return this
   */
  public GroupBuilder<C, R> commands(Codec<C> codec) {
    commands = codec;
    return this;
  }

  /**
   * Required.
   *
   * @param codec for replies
   * @return this
   */
  public GroupBuilder<C, R> replies(Codec<R> codec) {
    replies = codec;
    return this;
  }

  /**
   * Where the log is kept: a directory of this group's own. This or {@link #storage} is required.
   *
   * @param path made by bootstrap if it is not there
   * @return this
   */
  public GroupBuilder<C, R> directory(Path path) {
    directory = path;
    return this;
  }

  /**
   * Another place for the log than a directory.
   *
   * @param place not open yet
   * @return this
   */
  public GroupBuilder<C, R> storage(StorageProvider place) {
    storage = place;
    return this;
  }

  /**
   * Default: {@link StorageOptions#defaults()}.
   *
   * @param options of the log in {@link #directory}
   * @return this
   */
  public GroupBuilder<C, R> storageOptions(StorageOptions options) {
    storageOptions = options;
    return this;
  }

  /**
   * Default: {@link RaftConfig#defaults()}.
   *
   * @param settings this node's own
   * @return this
   */
  public GroupBuilder<C, R> config(RaftConfig settings) {
    config = settings;
    return this;
  }

  /**
   * Default: nobody listens.
   *
   * @param hears what becomes of the node
   * @return this
   */
  public GroupBuilder<C, R> listener(RaftListener hears) {
    listener = hears;
    return this;
  }

  /**
   * Makes this member of a new group and opens it. Every initial member is bootstrapped once, with
   * the same list.
   *
   * @param initial all initial members, this one among them
   * @return the node, running
   * @throws io.bowline.raft.model.ConfigException naming every problem at once
   * @throws RaftException if there is a member already, or it cannot be made
   */
  public RaftNode<C, R> bootstrap(Membership initial) throws RaftException {
    check(initial);
    StorageProvider place = place();
    return open(
        () -> place.bootstrap(host.cluster(), group, host.node(), initial, random("incarnation")));
  }

  /**
   * Opens a member that was bootstrapped before.
   *
   * @return the node, running
   * @throws io.bowline.raft.model.ConfigException naming every problem at once
   * @throws RaftException if there is none, it is locked, belongs to somebody else, or is damaged
   */
  public RaftNode<C, R> resume() throws RaftException {
    check(null);
    StorageProvider place = place();
    return open(() -> place.resume(host.cluster(), group, host.node(), random("epoch")));
  }

  /**
   * Resumes if a bootstrap has ended here before, else bootstraps. Convenient, and a risk: a node
   * whose disk was lost comes back as a stranger, which its peers do not count.
   *
   * @param initial all initial members, this one among them
   * @return the node, running
   * @throws io.bowline.raft.model.ConfigException naming every problem at once
   * @throws RaftException as {@link #bootstrap} and {@link #resume}
   */
  public RaftNode<C, R> bootstrapOrResume(Membership initial) throws RaftException {
    check(initial);
    try {
      return place().exists() ? resume() : bootstrap(initial);
    } catch (StorageException e) {
      throw RaftException.of(e);
    }
  }

  private void check(@Nullable Membership initial) {
    Problems problems = new Problems("group '" + group + "'");
    problems.given("commands", commands, "give it the codec of commands");
    problems.given("replies", replies, "give it the codec of replies");
    problems.unless(
        directory == null ^ storage == null,
        "directory=%s and storage=%s: set exactly one of them",
        directory,
        storage);
    long needed =
        Math.max(config.maxCommandBytes() + Frame.HEADER_BYTES + 64L, config.maxBatchBytes());
    problems.unless(
        needed <= host.maxMessageBytes(),
        "maxCommandBytes=%d and maxBatchBytes=%d do not fit the host's maxMessageBytes=%d",
        config.maxCommandBytes(),
        config.maxBatchBytes(),
        host.maxMessageBytes());
    if (initial != null) {
      problems.unless(
          initial.member(host.node()) != null,
          "members=%s do not name this node %s: add it to the list, or fix the host's node id",
          initial.members().stream().map(m -> m.id().value()).toList(),
          host.node());
    }
    problems.unless(
        !host.groups.containsKey(group), "group=%s is open on this host already", group);
    problems.throwIfAny();
  }

  private StorageProvider place() {
    StorageProvider place = storage;
    return place != null
        ? place
        : new SegmentedStorage(
            host.environment().disk(),
            Objects.requireNonNull(directory),
            storageOptions,
            host.environment().executor(NodeEnvironment.Stage.SNAPSHOT));
  }

  private java.util.random.RandomGenerator random(String purpose) {
    return host.environment().random(purpose);
  }

  /** Bootstraps or resumes a storage. */
  @FunctionalInterface
  private interface Opening {
    RaftStorage open() throws StorageException;
  }

  private RaftNode<C, R> open(Opening opening) throws RaftException {
    RaftStorage opened;
    try {
      opened = opening.open();
    } catch (StorageException e) {
      throw RaftException.of(e);
    }
    StateMachineAdapter<C, R> adapter =
        new StateMachineAdapter<>(
            stateMachine, Objects.requireNonNull(commands), Objects.requireNonNull(replies));
    ListenerAdapter events = new ListenerAdapter(listener, host.environment());
    NodeRuntime runtime =
        new NodeRuntime(
            group,
            coreConfig(opened),
            runtimeConfig(),
            opened,
            host.transport(),
            host.environment(),
            adapter,
            events,
            host.metricsOf(group));
    RaftNode<C, R> node = new RaftNode<>(host, group, config, runtime, adapter, events);
    if (host.groups.putIfAbsent(group, node) != null) {
      opened.close();
      throw new RaftException("group '" + group + "' was opened on this host meanwhile");
    }
    runtime.start();
    return node;
  }

  private CoreConfig coreConfig(RaftStorage opened) {
    return new CoreConfig(
        host.node(),
        opened.identity().incarnation(),
        config.heartbeatInterval().toNanos(),
        config.electionTimeout().toNanos(),
        config.maxInflightBytes(),
        config.maxInflightMessages(),
        config.maxBatchBytes(),
        config.maxUncommittedBytes(),
        config.maxWaitingReads(),
        config.preVote(),
        config.checkQuorum());
  }

  private RuntimeConfig runtimeConfig() {
    return new RuntimeConfig(
        config.maxMailboxItems(),
        config.maxUncommittedBytes(),
        MAX_MAILBOX_MESSAGES,
        config.tailCacheBytes(),
        config.maxBatchBytes(),
        IDLE_NANOS);
  }
}
