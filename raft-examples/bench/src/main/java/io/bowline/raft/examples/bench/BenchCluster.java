package io.bowline.raft.examples.bench;

import io.bowline.raft.client.RaftClient;
import io.bowline.raft.examples.lab.LocalCluster;
import io.bowline.raft.examples.lab.Report;
import io.bowline.raft.grpc.GrpcClientTransport;
import io.bowline.raft.model.Codec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Server processes on fresh directories, and what they have used so far. */
final class BenchCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final LocalCluster nodes;
  final RaftClient<byte[], Long> client;

  /**
   * What was used up to some instant.
   *
   * @param cpuSeconds of all servers, their JIT compilers aside
   * @param compilerSeconds of their JIT compilers
   * @param forces of the leader
   * @param bytes written by all servers, without the zeros ahead of their logs
   * @param zeros those
   * @param applied by the leader
   * @param allocated bytes
   */
  record Usage(
      double cpuSeconds,
      double compilerSeconds,
      long forces,
      long bytes,
      long zeros,
      long applied,
      long leaderTerm,
      Garbage.Allocated allocated) {
    Usage minus(Usage before) {
      return new Usage(
          cpuSeconds - before.cpuSeconds,
          compilerSeconds - before.compilerSeconds,
          forces - before.forces,
          bytes - before.bytes,
          zeros - before.zeros,
          applied - before.applied,
          leaderTerm - before.leaderTerm,
          allocated.minus(before.allocated));
    }
  }

  BenchCluster(Path directory, int size, List<String> jvmFlags) throws IOException {
    LocalCluster.wipe(directory);
    this.nodes =
        new LocalCluster(directory, size, (cluster, number) -> command(cluster, number, jvmFlags));
    nodes.startAll();
    nodes.awaitLeader(PATIENCE);
    this.client =
        RaftClient.builder()
            .group(BenchNode.GROUP)
            .commands(Tally.OPAQUE)
            .replies(Codec.int64())
            .addresses(nodes.addresses())
            .transport(GrpcClientTransport.create())
            .open();
  }

  private static List<String> command(LocalCluster cluster, int number, List<String> jvmFlags) {
    List<String> arguments = new ArrayList<>();
    arguments.add(Integer.toString(number));
    arguments.add(cluster.data(number).toString());
    arguments.addAll(cluster.addresses());
    List<String> flags = new ArrayList<>(jvmFlags);
    flags.add(Garbage.flag(gcLog(cluster, number)));
    return LocalCluster.java(flags, BenchNode.class.getName(), arguments);
  }

  private static Path gcLog(LocalCluster cluster, int number) {
    return cluster.log(number).resolveSibling(cluster.name(number) + ".gc");
  }

  /** Of all servers' collectors, between two instants, ms since 1970. */
  List<Garbage.Pause> pauses(long from, long to) throws IOException {
    List<Garbage.Pause> all = new ArrayList<>();
    for (int number = 0; number < nodes.size(); number++) {
      all.addAll(Garbage.pauses(gcLog(nodes, number), from, to));
    }
    return all;
  }

  /** So far. */
  Usage usage() throws IOException {
    double cpuSeconds = 0;
    double compilerSeconds = 0;
    long bytes = 0;
    long zeros = 0;
    long allocated = 0;
    Report leader = new Report(java.util.Map.of());
    for (int number = 0; number < nodes.size(); number++) {
      long pid = nodes.process(number).pid();
      cpuSeconds += Machine.cpuSeconds(pid);
      compilerSeconds += Machine.compilerSeconds(pid);
      Report report =
          nodes.report(number).orElseThrow(() -> new IOException("a server does not answer"));
      bytes += report.number("bytes");
      zeros += report.number("zeros");
      allocated += report.number("allocated");
      if (report.leads() && report.number("term") >= leader.number("term")) {
        leader = report;
      }
    }
    return new Usage(
        cpuSeconds - compilerSeconds,
        compilerSeconds,
        leader.number("forces"),
        bytes,
        zeros,
        leader.number("applied"),
        leader.number("term"),
        new Garbage.Allocated(
            Garbage.allocatedBytes(),
            leader.number("allocated"),
            allocated - leader.number("allocated")));
  }

  /** Fdatasyncs of all servers so far. */
  long allForces() {
    long forces = 0;
    for (int number = 0; number < nodes.size(); number++) {
      forces += nodes.report(number).map(report -> report.number("forces")).orElse(0L);
    }
    return forces;
  }

  /** Resident memory of all servers together. */
  long residentBytes() throws IOException {
    long bytes = 0;
    for (int number = 0; number < nodes.size(); number++) {
      bytes += Machine.residentBytes(nodes.process(number).pid());
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    client.close();
    nodes.close();
  }
}
