package io.bowline.raft.examples.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/** The methods in which a piece of work spends its time, by samples of the JDK's recorder. */
final class Frames {
  private static final int SHOWN = 3;
  private static final String SAMPLE = "jdk.ExecutionSample";

  private Frames() {}

  /** A method that was on top of the stack in so many of a hundred samples. */
  record Share(String method, double percent) {}

  /** The dearest three. */
  static List<Share> of(Runnable work) throws IOException {
    Path file = Files.createTempFile("speed", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable(SAMPLE).withPeriod(Duration.ofMillis(10));
      recording.start();
      work.run();
      recording.stop();
      recording.dump(file);
      return dearest(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static List<Share> dearest(Path file) throws IOException {
    Map<String, Integer> tops = new TreeMap<>();
    int samples = 0;
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      if (event.getEventType().getName().equals(SAMPLE) && event.getStackTrace() != null) {
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        RecordedMethod top = frames.get(0).getMethod();
        tops.merge(top.getType().getName() + "." + top.getName(), 1, Integer::sum);
        samples++;
      }
    }
    double all = Math.max(1, samples);
    return tops.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .limit(SHOWN)
        .map(top -> new Share(top.getKey(), top.getValue() * 100 / all))
        .toList();
  }
}
