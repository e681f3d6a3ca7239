/**
 * One launcher for the simulator: {@code simulate} runs campaigns, replays seeds, shrinks failures
 * and draws them; {@code hunt} measures how soon seeded bugs are found; {@code founding} says how
 * far a stopped directory is. Begin with {@code ToolsMain}.
 */
@NullMarked
package io.bowline.raft.examples.tools;

import org.jspecify.annotations.NullMarked;
