package io.bowline.raft.examples.bench;

import java.util.List;
import java.util.Locale;

/**
 * One line of the table.
 *
 * @param entriesPerForce entries that the leader's one fdatasync made durable; 0 for reads
 * @param cpuSecondsPerMillion of all servers, for a million operations, without JIT compilers
 * @param compilerCores how many processors the servers' JIT compilers kept busy
 * @param bytesPerOp written by all servers, without the zeros ahead of their logs
 * @param zerosPerOp those
 * @param outcomes committed, not committed, unknown
 * @param diskLimit operations per second that the disk allows; 0 if it limits nothing
 * @param echoLimit operations per second that gRPC allows
 * @param garbage what it left to the collectors
 */
record Row(
    Cell cell,
    double opsPerSecond,
    Micros latency,
    double entriesPerForce,
    double cpuSecondsPerMillion,
    double compilerCores,
    long residentBytes,
    double bytesPerOp,
    double zerosPerOp,
    List<Long> outcomes,
    double diskLimit,
    double echoLimit,
    Garbage garbage) {
  /** Percentiles of the latency in microseconds. */
  record Micros(double p50, double p99, double p999) {}

  static final String HEADER =
      "| operation    |  N   |   ops/s |  p50 ms |  p99 ms | p99.9 ms | entries/fsync "
          + "| CPU s/1M | JIT cores | RSS MiB | B written/op | zeros/op | ok / refused / unknown | share of the limit    |\n"
          + "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|";

  /** What the measurement said, once the limits are known. */
  Row within(double disk, double echo) {
    return new Row(
        cell,
        opsPerSecond,
        latency,
        entriesPerForce,
        cpuSecondsPerMillion,
        compilerCores,
        residentBytes,
        bytesPerOp,
        zerosPerOp,
        outcomes,
        cell.op() == Cell.Op.WRITE ? disk : 0,
        echo,
        garbage);
  }

  private boolean diskIsSmaller() {
    return diskLimit > 0 && diskLimit < echoLimit;
  }

  private double share() {
    return opsPerSecond / (diskIsSmaller() ? diskLimit : echoLimit);
  }

  String markdown() {
    return String.format(
        Locale.ROOT,
        "| %-12s | %4d | %7.0f | %7.3f | %7.3f | %8.3f | %13s | %8.1f | %9.2f | %7d | %12.0f | %8.0f | %s "
            + "| %.2f of %,.0f (%s) |",
        cell.name(),
        cell.outstanding(),
        opsPerSecond,
        latency.p50() / 1e3,
        latency.p99() / 1e3,
        latency.p999() / 1e3,
        cell.op() == Cell.Op.WRITE ? String.format(Locale.ROOT, "%.1f", entriesPerForce) : "-",
        cpuSecondsPerMillion,
        compilerCores,
        residentBytes >> 20,
        bytesPerOp,
        zerosPerOp,
        String.join(" / ", outcomes.stream().map(count -> Long.toString(count)).toList()),
        share(),
        diskIsSmaller() ? diskLimit : echoLimit,
        diskIsSmaller() ? "fdatasync" : "gRPC echo");
  }

  Json json() {
    return new Json()
        .put("kind", "cell")
        .put("operation", cell.op() == Cell.Op.WRITE ? "write" : "read")
        .put("payload_bytes", cell.payloadBytes())
        .put("outstanding", cell.outstanding())
        .put("ops_per_s", opsPerSecond)
        .put("p50_us", latency.p50())
        .put("p99_us", latency.p99())
        .put("p999_us", latency.p999())
        .put("entries_per_fsync", entriesPerForce)
        .put("server_cpu_s_per_million", cpuSecondsPerMillion)
        .put("jit_cores", compilerCores)
        .put("rss_bytes", residentBytes)
        .put("written_bytes_per_op", bytesPerOp)
        .put("zero_bytes_per_op", zerosPerOp)
        .put("committed", outcomes.get(0))
        .put("not_committed", outcomes.get(1))
        .put("unknown", outcomes.get(2))
        .put("disk_limit_ops_per_s", diskLimit)
        .put("echo_limit_ops_per_s", echoLimit)
        .put("share", share())
        .put("allocated_bytes_per_op", garbage.perOp().all())
        .put("allocated_client_bytes_per_op", garbage.perOp().client())
        .put("allocated_leader_bytes_per_op", garbage.perOp().leader())
        .put("allocated_followers_bytes_per_op", garbage.perOp().followers())
        .put("gc_pauses", garbage.pauses())
        .put("gc_pause_p99_ms", garbage.p99Millis())
        .put("gc_pause_worst_ms", garbage.worst().millis())
        .put("limit", diskIsSmaller() ? "fdatasync" : "gRPC echo");
  }
}
