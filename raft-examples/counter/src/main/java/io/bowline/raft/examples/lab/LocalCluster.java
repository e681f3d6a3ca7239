package io.bowline.raft.examples.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Nodes {@code n1} to {@code nN} on this machine, each in a process of its own. Data and logs lie
 * under one directory, which outlives the cluster.
 */
public final class LocalCluster implements AutoCloseable {
  /** The command line that starts a node. */
  @FunctionalInterface
  public interface Launcher {
    /** Of node {@code number}, counted from 0. */
    List<String> command(LocalCluster cluster, int number);
  }

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final long POLL_NANOS = 5_000_000;

  private final Path directory;
  private final List<String> addresses;
  private final Launcher launcher;
  private final @Nullable NodeProcess[] processes;

  /** Nothing is started yet; what is in the directory stays. */
  public LocalCluster(Path directory, int size, Launcher launcher) {
    this(directory, Ports.free(size).stream().map(port -> "127.0.0.1:" + port).toList(), launcher);
  }

  /** The same at given addresses. */
  public LocalCluster(Path directory, List<String> addresses, Launcher launcher) {
    this.directory = directory.toAbsolutePath();
    this.addresses = List.copyOf(addresses);
    this.launcher = launcher;
    this.processes = new @Nullable NodeProcess[addresses.size()];
  }

  /** A JVM like this one, on its class path. */
  public static List<String> java(List<String> flags, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    command.addAll(flags);
    command.add("--enable-native-access=ALL-UNNAMED"); // netty's; JDK 24 and later warn without
    command.add("-cp");
    command.add(System.getProperty("java.class.path", ""));
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  /** Removes a directory of an earlier run and all in it. */
  public static void wipe(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** How many nodes it has, running or not. */
  public int size() {
    return processes.length;
  }

  /** A node's name. */
  public String name(int number) {
    return "n" + (number + 1);
  }

  /** Where all of them listen. */
  public List<String> addresses() {
    return addresses;
  }

  /** Where a node keeps its files. */
  public Path data(int number) {
    return directory.resolve(name(number));
  }

  /** What a node wrote to stderr, over all its starts. */
  public Path log(int number) {
    return directory.resolve(name(number) + ".log");
  }

  /** Starts all. */
  public void startAll() throws IOException {
    for (int number = 0; number < size(); number++) {
      start(number);
    }
  }

  /** Starts a node that does not run. */
  public void start(int number) throws IOException {
    Files.createDirectories(directory);
    processes[number] = NodeProcess.start(launcher.command(this, number), log(number));
  }

  /** Whether this cluster has started that node before. */
  public boolean wasStarted(int number) {
    return processes[number] != null;
  }

  /** A node's process, of its last start. */
  public NodeProcess process(int number) {
    NodeProcess process = processes[number];
    if (process == null) {
      throw new IllegalStateException(name(number) + " was never started");
    }
    return process;
  }

  /** Kills all with SIGKILL, as close to one instant as it goes. */
  public void killAll() {
    List<NodeProcess> alive = new ArrayList<>();
    for (int number = 0; number < size(); number++) {
      alive.add(process(number));
    }
    alive.parallelStream().forEach(NodeProcess::kill);
  }

  /** What a node says of itself; empty if it does not answer. */
  public Optional<Report> report(int number) {
    return process(number).ask("status", PATIENCE).map(Report::parse);
  }

  /** The node that leads in the highest term among those that answer. */
  public OptionalInt leader() {
    int best = -1;
    long bestTerm = -1;
    for (int number = 0; number < size(); number++) {
      Optional<Report> report = report(number);
      if (report.isPresent() && report.get().leads() && report.get().number("term") > bestTerm) {
        best = number;
        bestTerm = report.get().number("term");
      }
    }
    return best < 0 ? OptionalInt.empty() : OptionalInt.of(best);
  }

  /**
   * Waits for a leader.
   *
   * @throws IllegalStateException if a node died or none leads in time; it names the logs
   */
  public int awaitLeader(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < deadline) {
      for (int number = 0; number < size(); number++) {
        NodeProcess process = processes[number];
        if (process != null && !process.isAlive() && !process.wasKilled()) {
          throw new IllegalStateException(name(number) + " died: see " + log(number));
        }
      }
      OptionalInt leader = leader();
      if (leader.isPresent()) {
        return leader.getAsInt();
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    throw new IllegalStateException("no leader within " + patience + ": see " + log(0));
  }

  /** Waits until a node accepts connections; the instant, on the clock of System.nanoTime. */
  public long awaitListening(int number, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    String address = addresses.get(number);
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon);
    int port = Integer.parseInt(address.substring(colon + 1));
    while (System.nanoTime() < deadline) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(host, port), 200);
        return System.nanoTime();
      } catch (IOException e) {
        LockSupport.parkNanos(POLL_NANOS); // not yet
      }
    }
    throw new IllegalStateException(name(number) + " does not listen: see " + log(number));
  }

  /** Ends all in good order; data and logs stay. */
  @Override
  public void close() {
    Stream.of(processes).filter(process -> process != null).toList().parallelStream()
        .forEach(NodeProcess::close);
  }
}
