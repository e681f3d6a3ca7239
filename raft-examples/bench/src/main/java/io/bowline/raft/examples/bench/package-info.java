/**
 * What Bowline does on this machine, beside what the machine could do at most: three processes on
 * loopback with real disks under a closed loop, the disk's own fdatasync, a gRPC echo. Uses the
 * public API only, as an embedder would. Begin with {@code BenchMain}.
 */
@NullMarked
package io.bowline.raft.examples.bench;

import org.jspecify.annotations.NullMarked;
