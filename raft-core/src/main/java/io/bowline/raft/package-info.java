/**
 * What an embedder touches, and nothing else: a host for the process, a node for each group, the
 * state machine to replicate. Uses everything below. Begin with {@code RaftHost}.
 */
@NullMarked
package io.bowline.raft;

import org.jspecify.annotations.NullMarked;
