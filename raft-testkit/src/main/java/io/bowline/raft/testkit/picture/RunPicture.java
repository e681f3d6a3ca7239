package io.bowline.raft.testkit.picture;

import io.bowline.raft.testkit.RunObserver;
import io.bowline.raft.testkit.SimulationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Records a run for a space-time diagram: a lane for each machine, messages as arrows between them.
 * Give it to a run as its observer, then ask for the {@link #html}. Of messages, forces and log
 * ends the newest are kept, so that a long run makes no endless file.
 */
public final class RunPicture implements RunObserver {
  /** So many messages are kept unless another number is asked for. */
  public static final int DEFAULT_MESSAGES = 60_000;

  private static final String[] SCRIPTS = {"model.js", "draw.js", "input.js"};

  private final int nodes;
  private final int clients;
  private final int mostMessages;
  private final Lane[] lanes;
  private final Map<Long, Arrow> open = new LinkedHashMap<>();
  private final ArrayDeque<Arrow> arrows = new ArrayDeque<>();
  private final Map<String, Integer> types = new LinkedHashMap<>();
  private final Json faults = new Json();
  private final Json calls = new Json();
  private long dropped;
  private long begin;
  private long end;
  private @Nullable SimulationFailure failure;

  /** A message on its way. */
  private static final class Arrow {
    final long sent;
    final int from;
    final int to;
    final int type;
    final String text;
    long end;
    @Nullable String lost;

    Arrow(long sent, int from, int to, int type, String text) {
      this.sent = sent;
      this.from = from;
      this.to = to;
      this.type = type;
      this.text = text;
      this.end = -1;
    }
  }

  /** What one node was, by rows that begin with their time. */
  private static final class Lane {
    final Rows roles = new Rows();
    final Rows logs = new Rows();
    final Rows commits = new Rows();
    final Rows applied = new Rows();
    final Rows forces = new Rows();
    final Rows lives = new Rows();
  }

  /**
   * Of a run of so many machines.
   *
   * @param nodes as in the run's report
   * @param clients likewise
   */
  public RunPicture(int nodes, int clients) {
    this(nodes, clients, DEFAULT_MESSAGES);
  }

  /** The same with another bound on the messages that are kept. */
  public RunPicture(int nodes, int clients, int mostMessages) {
    this.nodes = nodes;
    this.clients = clients;
    this.mostMessages = mostMessages;
    this.lanes = new Lane[nodes];
    for (int i = 0; i < nodes; i++) {
      lanes[i] = new Lane();
    }
  }

  // ---- what it sees

  @Override
  public void message(long id, long sentNanos, int from, int to, String type, String text) {
    seen(sentNanos);
    int known = types.computeIfAbsent(type, t -> types.size());
    Arrow arrow = new Arrow(sentNanos, from, to, known, text);
    open.put(id, arrow);
    arrows.add(arrow);
    if (arrows.size() > mostMessages) {
      Arrow oldest = arrows.remove();
      begin = Math.max(begin, oldest.sent);
      dropped++;
    }
  }

  @Override
  public void delivered(long id, long atNanos) {
    seen(atNanos);
    Arrow arrow = open.remove(id);
    if (arrow != null) {
      arrow.end = atNanos;
    }
  }

  @Override
  public void lost(long id, long atNanos, String why) {
    seen(atNanos);
    Arrow arrow = open.remove(id);
    if (arrow != null) {
      arrow.end = atNanos;
      arrow.lost = why;
    }
  }

  @Override
  public void role(long atNanos, int slot, String role, long term) {
    Lane lane = lane(atNanos, slot);
    if (lane != null) {
      lane.roles.add(atNanos, Json.text(role), term);
    }
  }

  @Override
  public void log(long atNanos, int slot, long lastIndex, long lastTerm, long durableIndex) {
    Lane lane = lane(atNanos, slot);
    if (lane != null) {
      lane.logs.add(atNanos, lastIndex, lastTerm, durableIndex);
    }
  }

  @Override
  public void commit(long atNanos, int slot, long index) {
    Lane lane = lane(atNanos, slot);
    if (lane != null) {
      lane.commits.add(atNanos, index);
    }
  }

  @Override
  public void applied(long atNanos, int slot, long index) {
    Lane lane = lane(atNanos, slot);
    if (lane != null) {
      lane.applied.add(atNanos, index);
    }
  }

  @Override
  public void forced(long fromNanos, long toNanos, int slot, boolean failed) {
    Lane lane = lane(toNanos, slot);
    if (lane != null) {
      lane.forces.add(fromNanos, Json.micros(toNanos), failed);
    }
  }

  @Override
  public void life(long atNanos, int slot, String what) {
    Lane lane = lane(atNanos, slot);
    if (lane != null) {
      lane.lives.add(atNanos, Json.text(what));
    }
  }

  @Override
  public void fault(long atNanos, long untilNanos, String text) {
    seen(atNanos);
    faults.row(Json.micros(atNanos), Json.micros(untilNanos), Json.text(text));
  }

  @Override
  public void call(long fromNanos, long toNanos, int client, String text, String outcome) {
    seen(toNanos);
    calls.row(
        Json.micros(fromNanos), Json.micros(toNanos), client, Json.text(text), Json.text(outcome));
  }

  @Override
  public void failed(SimulationFailure seen) {
    failure = seen;
  }

  /** A client's lane shows its calls only. */
  private @Nullable Lane lane(long atNanos, int slot) {
    seen(atNanos);
    return slot >= 0 && slot < nodes ? lanes[slot] : null;
  }

  private void seen(long atNanos) {
    end = Math.max(end, atNanos);
  }

  // ---- what it shows

  /**
   * The whole picture: one file that needs nothing else.
   *
   * @param title stands at its top
   */
  public String html(String title) {
    StringBuilder script = new StringBuilder();
    for (String part : SCRIPTS) {
      script.append(resource(part)).append('\n');
    }
    return resource("picture.html")
        .replace("{{title}}", escaped(title))
        .replace("{{style}}", resource("picture.css"))
        .replace("{{script}}", script)
        .replace("{{data}}", data());
  }

  /** Writes it to that file, and the folders above it where they are not there. */
  public void write(Path file, String title) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(file, html(title));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private static String resource(String name) {
    try (InputStream in = RunPicture.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String data() {
    Json names = new Json();
    for (int i = 1; i <= nodes; i++) {
      names.value(Json.text("n" + i));
    }
    Json kinds = new Json();
    types.keySet().forEach(type -> kinds.value(Json.text(type)));
    Json messages = new Json();
    for (Arrow arrow : arrows) {
      String lost = arrow.lost;
      messages.row(
          Json.micros(arrow.sent),
          arrow.from,
          arrow.to,
          arrow.type,
          arrow.end < 0 ? "null" : Json.micros(arrow.end), // on its way when the run ended
          lost == null ? "0" : Json.text(lost),
          Json.text(arrow.text));
    }
    return "{\"nodes\":"
        + names
        + (",\"clients\":" + clients)
        + (",\"begin\":" + Json.micros(dropped == 0 ? 0 : begin))
        + (",\"end\":" + Json.micros(Math.max(end, begin + 1_000)))
        + (",\"dropped\":" + dropped)
        + (",\"types\":" + kinds)
        + (",\"faults\":" + faults)
        + (",\"calls\":" + calls)
        + (",\"failure\":" + failureText())
        + laneRows()
        + (",\"messages\":" + messages)
        + "}";
  }

  private String laneRows() {
    Json roles = new Json();
    Json logs = new Json();
    Json commits = new Json();
    Json applied = new Json();
    Json forces = new Json();
    Json lives = new Json();
    for (Lane lane : lanes) {
      roles.value(lane.roles);
      logs.value(lane.logs);
      commits.value(lane.commits);
      applied.value(lane.applied);
      forces.value(lane.forces);
      lives.value(lane.lives);
    }
    return (",\"roles\":" + roles)
        + (",\"logs\":" + logs)
        + (",\"commits\":" + commits)
        + (",\"applied\":" + applied)
        + (",\"forces\":" + forces)
        + (",\"lives\":" + lives);
  }

  /** A run ends where it fails. */
  private String failureText() {
    SimulationFailure seen = failure;
    return seen == null
        ? "null"
        : "{\"at\":"
            + Json.micros(end)
            + (",\"check\":" + Json.text(seen.check()))
            + (",\"text\":" + Json.text(String.valueOf(seen.getMessage())))
            + "}";
  }
}
