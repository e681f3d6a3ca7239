package io.bowline.raft.storage;

import com.sun.nio.file.ExtendedOpenOption;
import io.bowline.raft.logging.GuardedLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way past the page cache: whole units only, in the file and in memory.
 *
 * @param unit bytes, a power of two
 */
record DirectChannel(FileChannel channel, int unit, FileStore store) {
  private static final GuardedLog LOG = GuardedLog.of(DirectChannel.class);
  private static final int MAX_UNIT = 4096;

  /** To the file of that name, if its file system has such a way. */
  static @Nullable DirectChannel open(Path path, StandardOpenOption... how) {
    try {
      Path directory = path.toAbsolutePath().getParent();
      FileStore store = Files.getFileStore(directory == null ? path : directory);
      long unit = store.getBlockSize();
      if (unit <= MAX_UNIT && Long.bitCount(unit) == 1) {
        Set<OpenOption> options = new HashSet<>(Set.of(how));
        options.add(ExtendedOpenOption.DIRECT);
        options.add(LinkOption.NOFOLLOW_LINKS);
        FileChannel opened = FileChannel.open(path, options);
        return new DirectChannel(opened, (int) unit, store);
      }
      tell(path, "its blocks have " + unit + " bytes");
    } catch (IOException | UnsupportedOperationException e) {
      tell(path, e.toString());
    }
    return null;
  }

  private static void tell(Path path, String why) {
    LOG.debug(path + ": through the page cache: " + why);
  }

  boolean takes(ByteBuffer source, long position) {
    return source.isDirect()
        && ((position | source.remaining()) & unit - 1) == 0
        && source.alignmentOffset(source.position(), unit) == 0;
  }
}
