package io.bowline.raft.storage;

import java.util.List;

/**
 * What recovery found and did, for logs and operators.
 *
 * @param segments how many segment files were read
 * @param blocks how many valid blocks
 * @param entries how many entries the log holds now
 * @param bytes how many bytes were read
 * @param tornBytes bytes of a torn tail that were dropped (STORAGE D-b); 0 if none
 * @param findings a sentence for each thing worth knowing
 */
public record RecoveryReport(
    int segments, long blocks, long entries, long bytes, long tornBytes, List<String> findings) {
  /** Of a storage that was just made. */
  public static final RecoveryReport FRESH = new RecoveryReport(0, 0, 0, 0, 0, List.of());
}
