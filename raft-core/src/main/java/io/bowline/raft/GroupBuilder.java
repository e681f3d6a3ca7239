package io.bowline.raft;

import io.bowline.raft.core.CoreConfig;
import io.bowline.raft.founding.InitialList;
import io.bowline.raft.logging.GuardedLog;
import io.bowline.raft.model.Codec;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Member;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Problems;
import io.bowline.raft.runtime.NodeEnvironment;
import io.bowline.raft.runtime.NodeRuntime;
import io.bowline.raft.runtime.NodeWorld;
import io.bowline.raft.runtime.RuntimeConfig;
import io.bowline.raft.storage.Identity;
import io.bowline.raft.storage.RaftStorage;
import io.bowline.raft.storage.SegmentedStorage;
import io.bowline.raft.storage.StorageException;
import io.bowline.raft.storage.StorageOptions;
import io.bowline.raft.storage.StorageProvider;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a group's node needs; {@link #bootstrap} or {@link #resume} opens it.
 *
 * @param <C> a command
 * @param <R> a reply
 */
public final class GroupBuilder<C, R> {
  private static final GuardedLog LOG = GuardedLog.of(GroupBuilder.class);

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
   * Required. Sessions keep replies as they are encoded, within bounds in bytes: a value must have
   * the same bytes on every replica, and in every version until the feature level is raised.
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
   * the same list of voters; the group serves when all of them have written its founding record
   * (docs/design/identity.md), until then calls are refused with {@link
   * io.bowline.raft.model.Refusal.NotFounded}. A single member is founded at once.
   *
   * @param initial all initial members, this one among them
   * @return the node, running
   * @throws io.bowline.raft.model.ConfigException naming every problem at once
   * @throws RaftException if there is a member already, or it cannot be made
   */
  public RaftNode<C, R> bootstrap(Membership initial) throws RaftException {
    check(initial);
    host.requireOpen();
    NodeWorld world = world();
    StorageProvider place = place(world);
    return open(
        world,
        () -> place.bootstrap(host.cluster(), group, host.node(), initial, random("incarnation")),
        initial,
        false);
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
    host.requireOpen();
    return resume(null);
  }

  private RaftNode<C, R> resume(@Nullable Membership given) throws RaftException {
    NodeWorld world = world();
    StorageProvider place = place(world);
    return open(
        world,
        () -> place.resume(host.cluster(), group, host.node(), random("epoch")),
        given,
        given != null);
  }

  /**
   * Resumes if a bootstrap has ended here before, else bootstraps. For the first start only: a node
   * whose disk was lost comes back as a stranger, which its peers do not count, and when all
   * directories are lost a second group begins in silence. Where the data must be there, use {@link
   * #resume}. A single member first listens for two election timeouts whether its group has moved
   * elsewhere (identity 10).
   *
   * @param initial all initial members, this one among them; where their addresses are not those of
   *     the group's membership, members that do not answer are tried there as well
   * @return the node, running
   * @throws io.bowline.raft.model.ConfigException naming every problem at once
   * @throws RaftException as {@link #bootstrap} and {@link #resume}
   */
  public RaftNode<C, R> bootstrapOrResume(Membership initial) throws RaftException {
    check(initial);
    host.requireOpen();
    try {
      if (place(world()).exists()) {
        return resume(initial);
      }
    } catch (StorageException e) {
      throw RaftException.of(e);
    }
    NodeWorld world = world();
    StorageProvider place = place(world);
    return open(
        world,
        () -> place.bootstrap(host.cluster(), group, host.node(), initial, random("incarnation")),
        initial,
        true);
  }

  private void check(@Nullable Membership initial) {
    Problems problems = new Problems("group '" + group + "'");
    problems.given("group", group, "name the group");
    problems.given("stateMachine", stateMachine, "give what is to be replicated");
    problems.given("commands", commands, "give it the codec of commands");
    problems.given("replies", replies, "give it the codec of replies");
    problems.unless(
        directory == null ^ storage == null,
        "directory=%s and storage=%s: set exactly one of them",
        directory,
        storage);
    problems.unless(
        config.maxBatchBytes() <= host.maxMessageBytes(),
        "maxBatchBytes=%d does not fit the host's maxMessageBytes=%d",
        config.maxBatchBytes(),
        host.maxMessageBytes());
    if (initial != null) {
      for (String problem : InitialList.problems(initial, host.node())) {
        problems.unless(false, "%s", problem);
      }
      initial.settings().check(problems);
    }
    problems.unless(
        group == null || !host.groups.containsKey(group),
        "group=%s is open on this host already",
        group);
    problems.throwIfAny();
  }

  private NodeWorld world() {
    return new NodeWorld(host.environment(), group, host.node());
  }

  private StorageProvider place(NodeWorld world) {
    StorageProvider place = storage;
    return place != null
        ? place
        : new SegmentedStorage(
            host.environment().disk(),
            Objects.requireNonNull(directory),
            storageOptions,
            world.executor(NodeEnvironment.Stage.SNAPSHOT));
  }

  private java.util.random.RandomGenerator random(String purpose) {
    return host.environment().random(purpose);
  }

  /** Bootstraps or resumes a storage. */
  @FunctionalInterface
  private interface Opening {
    RaftStorage open() throws StorageException;
  }

  /**
   * Opens what the opening gives.
   *
   * @param given the list that the embedder named; null if it named none
   */
  private RaftNode<C, R> open(
      NodeWorld world, Opening opening, @Nullable Membership given, boolean listensFirst)
      throws RaftException {
    RaftStorage opened;
    try {
      opened = opening.open();
    } catch (StorageException e) {
      throw RaftException.of(e);
    }
    RaftNode<C, R> node = null;
    try {
      requireSameList(opened.identity().list(), given);
      warnIfElsewhere(opened.identity(), given);
      node = wire(world, opened, given, listensFirst);
      String refusal = host.add(node);
      if (refusal != null) {
        node = null;
        throw new RaftException(refusal);
      }
      node.runtime().start();
      return node;
    } catch (RuntimeException | Error e) { // nothing that was opened is left behind
      if (node != null) {
        CompletableFuture<?> unused = node.end();
      }
      throw e;
    } finally {
      if (node == null) {
        opened.close();
      }
    }
  }

  /** Addresses may differ, and tell where else to dial; who belongs to the group may not. */
  private void requireSameList(Membership stored, @Nullable Membership given) throws RaftException {
    if (given != null && given.listHash() != stored.listHash()) {
      throw new RaftException(
          "the directory of group '"
              + group
              + "' was made with the list "
              + text(stored)
              + ", and is opened with "
              + text(given)
              + ": give it the list it was made with, or call resume()");
    }
  }

  /**
   * Others dial where the stored membership says, unless they are given this list too: a node that
   * is elsewhere reaches them, and gets no entries.
   */
  private void warnIfElsewhere(Identity stored, @Nullable Membership given) {
    Membership record = stored.founding().record();
    Member there = (record == null ? stored.list() : record).member(host.node());
    Member here = given == null ? null : given.member(host.node());
    if (there != null && here != null && !there.address().equals(here.address())) {
      LOG.warn(
          null,
          host.node()
              + " is opened as "
              + here.address()
              + ", its stored address is "
              + there.address()
              + ": others look for it there, unless they are opened with this list too",
          "group",
          group);
    }
  }

  private static String text(Membership list) {
    return list.members().stream().map(m -> m.id() + " " + m.role()).toList()
        + " and "
        + list.settings();
  }

  private RaftNode<C, R> wire(
      NodeWorld world, RaftStorage opened, @Nullable Membership given, boolean listensFirst) {
    StateMachineAdapter<C, R> adapter =
        new StateMachineAdapter<>(
            stateMachine, Objects.requireNonNull(commands), Objects.requireNonNull(replies));
    ListenerAdapter events = new ListenerAdapter(listener, world);
    NodeRuntime runtime =
        new NodeRuntime(
            group,
            coreConfig(opened),
            runtimeConfig(),
            opened,
            host.transport(),
            world,
            adapter,
            events,
            host.metricsOf(group, world.foreign()),
            given,
            listensFirst);
    String place = String.valueOf(directory == null ? storage : directory);
    return new RaftNode<>(host, group, config, runtime, adapter, place);
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
        MAX_MAILBOX_MESSAGES,
        Math.max(config.maxUncommittedBytes(), 2 * config.maxInflightBytes()),
        config.maxPendingProposals(),
        config.maxUncommittedBytes(),
        config.maxWaitingReads(),
        config.proposalTimeout().toNanos(),
        config.tailCacheBytes(),
        config.maxBatchBytes(),
        IDLE_NANOS);
  }
}
