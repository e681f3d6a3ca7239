package io.bowline.raft.model;

import java.util.List;

/** A configuration that cannot work; names every problem at once. See {@link Problems}. */
public final class ConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  ConfigException(String subject, List<String> problems) {
    super(
        problems.size()
            + (problems.size() == 1 ? " problem in " : " problems in ")
            + subject
            + ": "
            + String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence for each problem: field, value, allowed range. */
  public List<String> problems() {
    return problems;
  }
}
