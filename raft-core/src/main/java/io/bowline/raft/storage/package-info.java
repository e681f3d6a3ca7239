/**
 * What is durable, and what is believed after a restart (STORAGE.md): storage SPI, segmented log,
 * ballot file, in-memory store. Uses {@code model} only. One thread writes; {@code read} may run
 * beside it. Begin with {@code RaftStorage}.
 */
@NullMarked
package io.bowline.raft.storage;

import org.jspecify.annotations.NullMarked;
