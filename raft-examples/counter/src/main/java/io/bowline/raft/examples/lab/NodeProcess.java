package io.bowline.raft.examples.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A child process that serves one node. It ends when its stdin closes, so it never outlives this
 * one; a line on its stdin is a question that it answers with a line on its stdout ({@link
 * ParentLink}); stderr goes to a log file.
 */
public final class NodeProcess implements AutoCloseable {
  private static final long CLOSE_SECONDS = 10;

  private final Process process;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private volatile boolean killed;

  private NodeProcess(Process process) {
    this.process = process;
    Thread reader = new Thread(this::readAnswers, "answers of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts it; what it says on stderr is appended to the log. */
  public static NodeProcess start(List<String> command, Path log) throws IOException {
    Path directory = log.toAbsolutePath().getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    return new NodeProcess(
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start());
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether it still runs (a paused one does). */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Whether {@link #kill} was called. */
  public boolean wasKilled() {
    return killed;
  }

  /** Asks one question; empty if it is dead or silent for so long. */
  public synchronized Optional<String> ask(String question, Duration patience) {
    answers.clear(); // late answers to a question that was given up
    try {
      OutputStream stdin = process.getOutputStream();
      stdin.write((question + "\n").getBytes(StandardCharsets.UTF_8));
      stdin.flush();
      return Optional.ofNullable(answers.poll(patience.toNanos(), TimeUnit.NANOSECONDS));
    } catch (IOException e) {
      return Optional.empty(); // it died: there is nobody to answer
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** SIGKILL; returns when it is gone. */
  public void kill() {
    killed = true;
    process.destroyForcibly();
    awaitExit(CLOSE_SECONDS);
  }

  /** SIGSTOP: it keeps its connections and does nothing. */
  public void pause() {
    signal("STOP");
  }

  /** SIGCONT. */
  public void resume() {
    signal("CONT");
  }

  /** Waits for its end; whether it came. */
  public boolean awaitExit(long seconds) {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Closes its stdin, which ends it in good order; kills it if it takes too long. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroyForcibly(); // its pipe is broken: it is gone, or as good as gone
    }
    if (!awaitExit(CLOSE_SECONDS)) {
      kill();
    }
  }

  private void readAnswers() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      out.lines().forEach(answers::add);
    } catch (IOException | UncheckedIOException e) {
      answers.clear(); // its end: whoever asks now gets no answer
    }
  }

  private void signal(String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill -" + name + " " + pid() + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
