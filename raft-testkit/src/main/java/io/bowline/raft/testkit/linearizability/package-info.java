/**
 * Is there an order of all operations, each somewhere between its call and its return, that the
 * sequential {@link Model} allows (Herlihy and Wing, 1990)? A checker of our own: the search of
 * Wing and Gong with Lowe's memoisation, key by key. Uses nothing of the simulator; one thread.
 * Begin with {@link Model}.
 */
@NullMarked
package io.bowline.raft.testkit.linearizability;

import org.jspecify.annotations.NullMarked;
