package io.bowline.raft.examples.counter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.bowline.raft.CommittedBatch;
import io.bowline.raft.StateMachine;
import io.bowline.raft.model.Codec;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The replicated state: counters by name. */
final class Counters implements StateMachine<Counters.Command, List<Counters.Count>> {
  static final Codec<Command> COMMANDS = Codec.of(Command::encode, Command::decode);
  static final Codec<List<Count>> COUNTS = Codec.of(Count::encode, Count::decode);

  private final Map<String, Long> counts = new ConcurrentHashMap<>(); // reports read it too

  /** Adds to a name. As a query: that name's count, or without a name the highest so many. */
  record Command(String name, long number) {
    byte[] encode() {
      byte[] utf8 = name.getBytes(UTF_8);
      return ByteBuffer.allocate(Long.BYTES + utf8.length).putLong(number).put(utf8).array();
    }

    static Command decode(ByteBuffer bytes) {
      long number = bytes.getLong();
      return new Command(UTF_8.decode(bytes).toString(), number);
    }
  }

  /** A counter; many are a line of text each. */
  record Count(String name, long value) {
    static byte[] encode(List<Count> counts) {
      Stream<String> lines = counts.stream().map(count -> count.value + " " + count.name);
      return lines.collect(Collectors.joining("\n")).getBytes(UTF_8);
    }

    static List<Count> decode(ByteBuffer bytes) {
      Stream<String[]> lines = UTF_8.decode(bytes).toString().lines().map(s -> s.split(" ", 2));
      return lines.map(line -> new Count(line[1], Long.parseLong(line[0]))).toList();
    }
  }

  @Override
  public void apply(CommittedBatch<Command, List<Count>> batch) {
    while (batch.next()) {
      Command add = batch.command();
      long value = counts.merge(add.name(), add.number(), Long::sum);
      batch.reply(List.of(new Count(add.name(), value)));
    }
  }

  @Override
  public List<Count> query(Command query) {
    if (!query.name().isEmpty()) {
      return List.of(new Count(query.name(), counts.getOrDefault(query.name(), 0L)));
    }
    return counts.entrySet().stream()
        .map(entry -> new Count(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingLong(Count::value).reversed().thenComparing(Count::name))
        .limit(query.number())
        .toList();
  }
}
