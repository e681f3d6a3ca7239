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

/** Three server processes on fresh directories, and what they have used so far. */
final class BenchCluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final LocalCluster nodes;
  final RaftClient<byte[], Long> client;

  /**
   * What was used up to some instant.
   *
   * @param cpuSeconds of all servers
   * @param forces of the leader
   * @param bytes written by all servers
   * @param applied by the leader
   */
  record Usage(double cpuSeconds, long forces, long bytes, long applied, long leaderTerm) {
    Usage minus(Usage before) {
      return new Usage(
          cpuSeconds - before.cpuSeconds,
          forces - before.forces,
          bytes - before.bytes,
          applied - before.applied,
          leaderTerm - before.leaderTerm);
    }
  }

  BenchCluster(Path directory, List<String> jvmFlags) throws IOException {
    LocalCluster.wipe(directory);
    this.nodes =
        new LocalCluster(directory, 3, (cluster, number) -> command(cluster, number, jvmFlags));
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
    return LocalCluster.java(jvmFlags, BenchNode.class.getName(), arguments);
  }

  /** So far. */
  Usage usage() throws IOException {
    double cpuSeconds = 0;
    long bytes = 0;
    Report leader = new Report(java.util.Map.of());
    for (int number = 0; number < nodes.size(); number++) {
      cpuSeconds += Machine.cpuSeconds(nodes.process(number).pid());
      Report report =
          nodes.report(number).orElseThrow(() -> new IOException("a server does not answer"));
      bytes += report.number("bytes");
      if (report.leads() && report.number("term") >= leader.number("term")) {
        leader = report;
      }
    }
    return new Usage(
        cpuSeconds,
        leader.number("forces"),
        bytes,
        leader.number("applied"),
        leader.number("term"));
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
