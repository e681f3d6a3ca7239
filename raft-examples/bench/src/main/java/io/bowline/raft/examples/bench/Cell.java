package io.bowline.raft.examples.bench;

/** One measurement: what is asked, how large, how many at once. */
record Cell(Op op, int payloadBytes, int outstanding) {
  /** What is asked. */
  enum Op {
    /** A command through the log. */
    WRITE,
    /** A linearizable query. */
    READ
  }

  /** For people and for JSON. */
  String name() {
    return op == Op.WRITE ? "write " + size(payloadBytes) : "read";
  }

  private static String size(int bytes) {
    return bytes >= 1024 ? (bytes >> 10) + " KiB" : bytes + " B";
  }
}
