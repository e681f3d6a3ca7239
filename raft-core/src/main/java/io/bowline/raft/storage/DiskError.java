package io.bowline.raft.storage;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an error of the disk is (STORAGE D-e). The JDK hands on the words of the C library, and no
 * number; what is not recognised is a failure, for to wait would be the worse mistake.
 */
final class DiskError {
  private DiskError() {}

  /** Whether it goes away by itself or by an operator's hand: no room, no descriptors. */
  static boolean waits(IOException error) {
    return isNoSpace(error) || isNoDescriptors(error);
  }

  /** ENOSPC, EDQUOT. */
  static boolean isNoSpace(IOException error) {
    return says(error, "no space left") || says(error, "quota exceeded");
  }

  /** EMFILE, ENFILE. */
  static boolean isNoDescriptors(IOException error) {
    return says(error, "too many open files");
  }

  private static boolean says(@Nullable Throwable error, String words) {
    for (Throwable at = error; at != null; at = at.getCause()) {
      String text = at instanceof FileSystemException named ? named.getReason() : at.getMessage();
      if (text != null && text.toLowerCase(Locale.ROOT).contains(words)) {
        return true;
      }
    }
    return false;
  }

  /** In words. */
  static String told(IOException error) {
    return isNoDescriptors(error)
        ? "no descriptors: the limit of open files of this process is reached, raise it: " + error
        : error.toString();
  }
}
