/**
 * Counters by name, replicated: what an embedder writes ({@code Counters}, {@code CounterMain}) and
 * a demo that counts words while their leader is killed. Begin with {@code Counters}.
 */
@NullMarked
package io.bowline.raft.examples.counter;

import org.jspecify.annotations.NullMarked;
