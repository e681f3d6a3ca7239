/**
 * Simulated clusters in JUnit: a test says what runs, what is asked and what must hold, and gets a
 * run for each seed of a range (docs/testing/embedding.md). The only package that needs JUnit's
 * API, which is optional. One thread for each run. Begin with {@code SimTest}.
 */
@NullMarked
package io.bowline.raft.testkit.junit;

import org.jspecify.annotations.NullMarked;
