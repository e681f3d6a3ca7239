/**
 * The client of a group: finds the leader, follows it, retries within one deadline, keeps a
 * session. Uses {@code model} and {@code transport}. Safe from any thread. Begin with {@code
 * RaftClient}.
 */
@NullMarked
package io.bowline.raft.client;

import org.jspecify.annotations.NullMarked;
