/**
 * The founding of a group as a function: what other directories say goes in, what to write and whom
 * to greet comes out (IDENTITY, rules 1 to 10). Uses {@code model} and the words of {@code
 * transport}: no I/O, no thread, no clock, no logger. Not thread-safe: one thread for each founder.
 * Begin with {@code Founder}.
 */
@NullMarked
package io.bowline.raft.founding;

import org.jspecify.annotations.NullMarked;
