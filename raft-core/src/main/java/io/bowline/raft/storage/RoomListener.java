package io.bowline.raft.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Is told when the disk has no room to prepare for more entries, and when it has some again. */
@FunctionalInterface
public interface RoomListener {
  /** {@code lack} is {@code null} if there is room; from any thread, must only hand over. */
  void room(@Nullable IOException lack);
}
