package io.bowline.raft.storage;

import static io.bowline.raft.storage.Fixture.DIRECTORY;
import static io.bowline.raft.storage.Fixture.append;
import static io.bowline.raft.storage.Fixture.idle;
import static io.bowline.raft.storage.Fixture.recovered;
import static io.bowline.raft.storage.Fixture.saveBallot;
import static io.bowline.raft.storage.Fixture.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.bowline.raft.model.EntryBatch;
import io.bowline.raft.model.EntryId;
import io.bowline.raft.model.EntryType;
import io.bowline.raft.model.Founding;
import io.bowline.raft.model.Payload;
import io.bowline.raft.model.SessionHeader;
import io.bowline.raft.model.SessionKey;
import io.bowline.raft.model.StartPair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * The files of a small storage, byte for byte (docs/design/log-format.md): whoever changes the
 * format sees it here, and old files stay readable. {@code -Dgolden=rewrite} writes them anew.
 */
class GoldenFilesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/storage");
  private static final int LINE = 16;

  private static final Map<String, Path> FILES =
      new TreeMap<>(
          Map.of(
              "identity", DIRECTORY.resolve(IdentityFile.NAME),
              "peers", DIRECTORY.resolve(PeersFile.NAME),
              "ballot", DIRECTORY.resolve(BallotFile.NAME),
              "ballot.copy", DIRECTORY.resolve(BallotFile.COPY),
              "segment-sealed", segment(1),
              "segment-open", segment(2)));

  /** A storage with a block of each kind, and a second start that sealed its segment. */
  private static CrashDisk twoStarts() throws StorageException {
    CrashDisk disk = new CrashDisk();
    RandomGenerator random = counter();
    RaftStorage storage =
        Fixture.on(disk)
            .bootstrap(Fixture.CLUSTER, Fixture.GROUP, Fixture.NODE, Fixture.INITIAL, random);
    storage.saveFounding(Founding.written(Fixture.record(storage)));
    storage.saveFounding(Founding.complete(Fixture.record(storage)));
    storage.remember(Fixture.OTHER.incarnation(), new StartPair(3, 0x7766554433221100L));
    saveBallot(storage, 1);
    SessionKey key = new SessionKey(0x2122232425262728L, 0x3132333435363738L);
    SessionHeader header = new SessionHeader(3, key, 7, 5);
    int payloads = 5 + SessionKey.BYTES + SessionHeader.BYTES + 28;
    EntryBatch first =
        EntryBatch.builder(new EntryId(1, 1), 4, payloads, 1_000)
            .add(EntryType.NO_OP, new byte[0])
            .add(EntryType.COMMAND, "hello".getBytes(StandardCharsets.US_ASCII))
            .add(EntryType.SESSION_OPEN, key.payload())
            .add(EntryType.SESSION_COMMAND, header, Payload.of(new byte[28]))
            .build();
    append(storage, first);
    byte[] membership = Fixture.INITIAL.encode();
    EntryBatch second =
        EntryBatch.builder(new EntryId(5, 1), 1, membership.length, 2_000)
            .add(EntryType.MEMBERSHIP, membership)
            .build();
    append(storage, 3, second);
    saveBallot(storage, 2);
    append(storage, 3, Entries.batch(4, 2, 2, 600));
    idle(storage);
    storage.close();
    Fixture.on(disk).resume(Fixture.CLUSTER, Fixture.GROUP, Fixture.NODE, random).close();
    return disk;
  }

  private static RandomGenerator counter() {
    long[] next = {0x1111111111111111L};
    return () -> next[0] += 0x0101010101010101L;
  }

  @Test
  void theFilesAreTheGoldenOnes() throws Exception {
    CrashDisk disk = twoStarts();
    for (Map.Entry<String, Path> file : FILES.entrySet()) {
      Path golden = GOLDEN.resolve(file.getKey() + ".hex");
      String dump = dump(disk.content(file.getValue()));
      if ("rewrite".equals(System.getProperty("golden"))) {
        Files.createDirectories(GOLDEN);
        Files.writeString(golden, dump);
      }
      assertThat(dump).as(golden.toString()).isEqualTo(Files.readString(golden));
    }
  }

  @Test
  void theGoldenFilesAreReadBack() throws Exception {
    CrashDisk disk = twoStarts();
    for (Map.Entry<String, Path> file : FILES.entrySet()) {
      disk.spoil(file.getValue(), load(GOLDEN.resolve(file.getKey() + ".hex")));
    }

    RaftStorage storage = Fixture.resume(disk.afterProcessCrash());

    assertThat(recovered(storage))
        .containsExactly("1@1:0", "2@1:5", "3@1:16", "4@2:600", "5@2:600");
    assertThat(storage.ballot().term()).isEqualTo(2);
    assertThat(storage.identity().startCounter()).isEqualTo(3);
    assertThat(storage.log().memberships()).isEmpty(); // its entry was overwritten
    assertThat(storage.report().blocks()).isEqualTo(4);
  }

  /** Lines of 16 bytes; the ones of zeros are left out. */
  private static String dump(byte[] bytes) {
    HexFormat hex = HexFormat.of().withDelimiter(" ");
    StringBuilder text = new StringBuilder();
    text.append("length ").append(bytes.length).append('\n');
    for (int at = 0; at < bytes.length; at += LINE) {
      int end = Math.min(at + LINE, bytes.length);
      boolean zeros = true;
      for (int i = at; i < end; i++) {
        zeros &= bytes[i] == 0;
      }
      if (!zeros) {
        text.append(String.format("%05x: ", at)).append(hex.formatHex(bytes, at, end)).append('\n');
      }
    }
    return text.toString();
  }

  private static byte[] load(Path golden) throws IOException {
    List<String> lines = Files.readAllLines(golden);
    byte[] bytes = new byte[Integer.parseInt(lines.get(0).replace("length ", ""))];
    HexFormat hex = HexFormat.of().withDelimiter(" ");
    for (String line : lines.subList(1, lines.size())) {
      byte[] part = hex.parseHex(line.substring(7));
      System.arraycopy(part, 0, bytes, Integer.parseInt(line.substring(0, 5), 16), part.length);
    }
    return bytes;
  }
}
