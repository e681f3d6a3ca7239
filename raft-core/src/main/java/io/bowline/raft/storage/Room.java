package io.bowline.raft.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Whether room for more entries could be prepared (STORAGE D-e); tells of changes only. */
final class Room {
  private @Nullable RoomListener listener;
  private @Nullable IOException lack;

  synchronized void listen(RoomListener to) {
    listener = to;
    if (lack != null) {
      to.room(lack);
    }
  }

  synchronized boolean lacking() {
    return lack != null;
  }

  /** Preparing failed. */
  synchronized void lacks(IOException why) {
    boolean tell = lack == null;
    lack = DiskError.isNoDescriptors(why) ? StorageException.of("no segment is made", why) : why;
    if (tell && listener != null) {
      listener.room(lack);
    }
  }

  /** Preparing succeeded. */
  synchronized void found() {
    boolean tell = lack != null;
    lack = null;
    if (tell && listener != null) {
      listener.room(null);
    }
  }
}
