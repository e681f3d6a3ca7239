/**
 * The simulator: shipped nodes, log and client on one thread, over a simulated disk, network and
 * clock; one seed decides a run (docs/testing/README.md). Uses raft-core, internals too. Everything
 * here runs on the thread that called. Begin with {@code Simulation}.
 */
@NullMarked
package io.bowline.raft.testkit;

import org.jspecify.annotations.NullMarked;
