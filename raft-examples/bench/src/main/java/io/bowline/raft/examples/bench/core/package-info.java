/**
 * What the protocol alone costs, without disk, network and threads: it reaches behind the public
 * API, as no embedder can. Begin with {@code CoreBenchmark}.
 */
@NullMarked
package io.bowline.raft.examples.bench.core;

import org.jspecify.annotations.NullMarked;
