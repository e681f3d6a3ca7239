/**
 * The nouns that all other packages share: ids, entries and their frames, messages, membership,
 * outcomes. Depends on nothing. Immutable values, safe from any thread. Begin with {@code Message}
 * and {@code EntryBatch}.
 */
@NullMarked
package io.bowline.raft.model;

import org.jspecify.annotations.NullMarked;
