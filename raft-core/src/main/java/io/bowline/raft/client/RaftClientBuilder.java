package io.bowline.raft.client;

import static java.util.Objects.requireNonNull;

import io.bowline.raft.model.Codec;
import io.bowline.raft.model.ConfigException;
import io.bowline.raft.model.GroupId;
import io.bowline.raft.model.Problems;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link RaftClient}. Not for use by several threads.
 *
 * @param <C> the embedder's commands and queries
 * @param <R> the embedder's replies
 */
public final class RaftClientBuilder<C, R> {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final int MOST_IN_FLIGHT = 1 << 20;
  private static final int MOST_COMMAND_BYTES = 64 << 20;

  private @Nullable GroupId group;
  private @Nullable Codec<?> commands;
  private @Nullable Codec<?> replies;
  private List<String> addresses = List.of();
  private @Nullable ClientTransport transport;
  private @Nullable ClientEnvironment environment;
  private @Nullable Executor callbacks;
  private Duration timeout = Duration.ofSeconds(10);
  private Duration attemptTimeout = Duration.ofSeconds(1);
  private Duration backOff = Duration.ofMillis(10);
  private Duration maxBackOff = Duration.ofMillis(200);
  private int maxInFlight = 2_048;
  private long maxInFlightBytes = 64L << 20;
  private int maxCommandBytes = 4 << 20;

  RaftClientBuilder() {}

  /**
   * The group to talk to; required.
   *
   * @param value its id
   * @return this builder
   */
  public RaftClientBuilder<C, R> group(GroupId value) {
    group = value;
    return this;
  }

  /**
   * How commands and queries become bytes; required.
   *
   * @param codec called from any thread
   * @param <D> the embedder's commands and queries
   * @return this builder
   */
  @SuppressWarnings("unchecked") // the codecs alone decide what C and R are
  public <D> RaftClientBuilder<D, R> commands(Codec<D> codec) {
    commands = codec;
    return (RaftClientBuilder<D, R>) this;
  }

  /**
   * How bytes become replies; required.
   *
   * @param codec called from any thread
   * @param <S> the embedder's replies
   * @return this builder
   */
  @SuppressWarnings("unchecked") // the codecs alone decide what C and R are
  public <S> RaftClientBuilder<C, S> replies(Codec<S> codec) {
    replies = codec;
    return (RaftClientBuilder<C, S>) this;
  }

  /**
   * Some nodes of the group; the others are learned. At least one.
   *
   * @param values each {@code host:port}
   * @return this builder
   */
  public RaftClientBuilder<C, R> addresses(List<String> values) {
    addresses = values;
    return this;
  }

  /**
   * How to reach nodes; required.
   *
   * @param value may be shared by many clients; stays open when this one is closed
   * @return this builder
   */
  public RaftClientBuilder<C, R> transport(ClientTransport value) {
    transport = value;
    return this;
  }

  /**
   * Clock, timers and threads; daemon threads of its own by default.
   *
   * @param value may be shared by many clients; stays open when this one is closed
   * @return this builder
   */
  public RaftClientBuilder<C, R> environment(ClientEnvironment value) {
    environment = value;
    return this;
  }

  /**
   * Where futures complete, one after the other; the environment's executor by default. With {@code
   * Runnable::run} it is whichever thread is at work for the client, often the transport's: less
   * latency, but a callback that takes long holds up all of the transport's connections.
   *
   * @param value must run what it is given, at once or later
   * @return this builder
   */
  public RaftClientBuilder<C, R> callbackExecutor(Executor value) {
    callbacks = value;
    return this;
  }

  /**
   * How long a call may take, everything included: connecting, opening the session, elections,
   * retries. 10 s by default; 1 ms to 24 h.
   *
   * @param value the one deadline of a call
   * @return this builder
   */
  public RaftClientBuilder<C, R> timeout(Duration value) {
    timeout = value;
    return this;
  }

  /**
   * How long a node may be silent before another one is asked, and a single request unanswered
   * before it is sent again. 1 s by default; 1 ms to 24 h.
   *
   * @param value best not under the election timeout
   * @return this builder
   */
  public RaftClientBuilder<C, R> attemptTimeout(Duration value) {
    attemptTimeout = value;
    return this;
  }

  /**
   * The pause after a failure that names no leader: from {@code first}, doubling, to {@code most},
   * each with jitter. 10 ms and 200 ms by default; 1 ms to 24 h.
   *
   * @param first the shortest pause
   * @param most the longest pause
   * @return this builder
   */
  public RaftClientBuilder<C, R> backOff(Duration first, Duration most) {
    backOff = first;
    maxBackOff = most;
    return this;
  }

  /**
   * How many calls may be without an outcome; more end {@code NotCommitted(Overloaded)} at once.
   * 2,048 by default; 1 to 1,048,576. Keep it under {@code maxRepliesPerSession} of the group.
   *
   * @param value calls
   * @return this builder
   */
  public RaftClientBuilder<C, R> maxInFlight(int value) {
    maxInFlight = value;
    return this;
  }

  /**
   * How many bytes the calls without an outcome may hold; more end {@code NotCommitted(Overloaded)}
   * at once. 64 MiB by default; from 1.
   *
   * @param value bytes
   * @return this builder
   */
  public RaftClientBuilder<C, R> maxInFlightBytes(long value) {
    maxInFlightBytes = value;
    return this;
  }

  /**
   * What a command or query may encode to; the group's own limit. 4 MiB by default; 1 byte to 64
   * MiB.
   *
   * @param value bytes
   * @return this builder
   */
  public RaftClientBuilder<C, R> maxCommandBytes(int value) {
    maxCommandBytes = value;
    return this;
  }

  /**
   * Makes the client; it connects when it is first asked something.
   *
   * @return an open client
   * @throws ConfigException names everything that is missing or out of its range
   */
  @SuppressWarnings("unchecked") // the codecs alone decide what C and R are
  public RaftClient<C, R> open() {
    check();
    ThreadClientEnvironment own =
        environment == null ? new ThreadClientEnvironment("raft-client-" + group) : null;
    ClientEnvironment world = own == null ? requireNonNull(environment) : own;
    return new RaftClient<>(
        (Codec<C>) requireNonNull(commands),
        (Codec<R>) requireNonNull(replies),
        limits(),
        requireNonNull(transport),
        world,
        callbacks,
        own == null ? () -> {} : own::close);
  }

  private void check() {
    Problems problems = new Problems("RaftClient");
    problems.given("group", group, "name the group to talk to");
    problems.given("commands", commands, "give the codec of commands and queries");
    problems.given("replies", replies, "give the codec of replies");
    problems.given("transport", transport, "give a ClientTransport");
    problems.unless(
        !addresses.isEmpty() && addresses.stream().noneMatch(String::isBlank),
        "addresses=%s must be at least one host:port, none of them blank",
        addresses);
    problems.within("timeout", timeout, SHORTEST, LONGEST);
    problems.within("attemptTimeout", attemptTimeout, SHORTEST, LONGEST);
    problems.within("backOff", backOff, SHORTEST, LONGEST);
    problems.within("maxBackOff", maxBackOff, SHORTEST, LONGEST);
    problems.unless(
        backOff.compareTo(maxBackOff) <= 0,
        "backOff=%s is over maxBackOff=%s: the first pause is the shortest",
        backOff,
        maxBackOff);
    problems.within("maxInFlight", maxInFlight, 1, MOST_IN_FLIGHT);
    problems.within("maxInFlightBytes", maxInFlightBytes, 1, Long.MAX_VALUE);
    problems.within("maxCommandBytes", maxCommandBytes, 1, MOST_COMMAND_BYTES);
    problems.throwIfAny();
  }

  private ClientLimits limits() {
    return new ClientLimits(
        requireNonNull(group),
        List.copyOf(new LinkedHashSet<>(addresses)),
        timeout.toNanos(),
        attemptTimeout.toNanos(),
        backOff.toNanos(),
        maxBackOff.toNanos(),
        maxInFlight,
        maxInFlightBytes,
        maxCommandBytes);
  }
}
