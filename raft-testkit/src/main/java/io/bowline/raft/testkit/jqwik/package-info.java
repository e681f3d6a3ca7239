/**
 * Faults, schedules of faults and sequences of commands as arbitraries, which shrink: a property
 * over a simulated cluster ends with the fewest and simplest faults that break it
 * (docs/testing/embedding.md). The only package that needs jqwik's API, which is optional. Begin
 * with {@code RaftArbitraries}.
 */
@NullMarked
package io.bowline.raft.testkit.jqwik;

import org.jspecify.annotations.NullMarked;
