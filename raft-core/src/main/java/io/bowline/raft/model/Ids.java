package io.bowline.raft.model;

import org.jspecify.annotations.Nullable;

/** The one rule for every name that a person gives: 1 to 63 of {@code [A-Za-z0-9._-]}. */
final class Ids {
  private static final int MAX_LENGTH = 63;

  private Ids() {}

  static String require(String what, @Nullable String value) {
    if (value == null) {
      throw new IllegalArgumentException(what + " is null: give it a name");
    }
    if (value.equals(".") || value.equals("..")) {
      throw new IllegalArgumentException(
          what + " '" + value + "' is no name of a directory: choose another one");
    }
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      throw refused(what, value);
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && c != '.' && c != '_' && c != '-') {
        throw refused(what, value);
      }
    }
    return value;
  }

  private static IllegalArgumentException refused(String what, String value) {
    return new IllegalArgumentException(
        what + " '" + value + "' is not 1 to 63 of [A-Za-z0-9._-]: choose a name of these");
  }
}
