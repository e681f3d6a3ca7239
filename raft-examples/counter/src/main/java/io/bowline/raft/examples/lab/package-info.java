/**
 * Clusters of real processes on one machine, for the demo, the bench and the process tests: child
 * JVMs that end with their parent, addresses, signals. Uses the JDK only. Begin with {@code
 * LocalCluster}.
 */
@NullMarked
package io.bowline.raft.examples.lab;

import org.jspecify.annotations.NullMarked;
