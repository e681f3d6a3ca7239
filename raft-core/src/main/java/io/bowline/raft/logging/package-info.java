/** Lines for operators, through whatever is behind slf4j. */
@NullMarked
package io.bowline.raft.logging;

import org.jspecify.annotations.NullMarked;
