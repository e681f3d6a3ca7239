/**
 * What runs a core: mailbox, loop, effects, log writer, apply pipeline, session table. Uses {@code
 * core}, {@code model}, {@code storage} and {@code transport}; touches the world only through
 * {@code NodeEnvironment}. Three stages, each one thread at a time. Begin with {@code NodeLoop}.
 */
@NullMarked
package io.bowline.raft.runtime;

import org.jspecify.annotations.NullMarked;
