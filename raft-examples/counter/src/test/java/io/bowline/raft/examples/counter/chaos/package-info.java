/**
 * Real processes, real disks, real sockets, and what goes wrong with them: kill -9, SIGSTOP, lost
 * page caches, split networks. Each test looks at what clients were told and at what nodes hold
 * afterwards. Begin with {@code ChaosCluster}.
 */
@NullMarked
package io.bowline.raft.examples.counter.chaos;

import org.jspecify.annotations.NullMarked;
