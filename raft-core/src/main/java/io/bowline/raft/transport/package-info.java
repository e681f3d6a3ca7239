/**
 * The SPI by which messages leave and arrive. Uses {@code model} only. A transport never blocks a
 * caller and hands everything over on threads of its own. Begin with {@code Transport}.
 */
@NullMarked
package io.bowline.raft.transport;

import org.jspecify.annotations.NullMarked;
