/**
 * The Raft protocol as a function: inputs and time in, effects out (Raft paper, Figure 2). Uses
 * {@code model} only: no I/O, no thread, no clock, no logger. Not thread-safe: one thread steps a
 * core. Begin with {@code RaftCore.step}.
 */
@NullMarked
package io.bowline.raft.core;

import org.jspecify.annotations.NullMarked;
