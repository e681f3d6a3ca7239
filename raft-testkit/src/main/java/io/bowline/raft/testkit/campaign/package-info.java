/**
 * Many seeds: campaigns, what a failure is shrunk to, and seeded bugs to measure campaigns with.
 * Uses the simulator through {@code RunPlan} and {@code SimulatedRun} only. A run has one thread; a
 * campaign runs several of them beside one another. Begin with {@code Campaign}.
 */
@NullMarked
package io.bowline.raft.testkit.campaign;

import org.jspecify.annotations.NullMarked;
