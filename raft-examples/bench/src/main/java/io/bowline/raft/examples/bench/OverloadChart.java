package io.bowline.raft.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Heap and waiting bytes over time, and beside them what became of the calls. */
final class OverloadChart {
  private OverloadChart() {}

  static void save(Path directory, String slow, List<Sample> samples) throws IOException {
    if (samples.isEmpty()) {
      return;
    }
    XYChart memory = chart("a slow " + slow.toLowerCase(Locale.ROOT), "MiB");
    line(memory, "heap after a collection", samples, Sample::heapMebibytes);
    line(memory, "waiting bytes", samples, Sample::waitingMebibytes);
    write(memory, directory, slow + "-memory");
    XYChart calls = chart("a slow " + slow.toLowerCase(Locale.ROOT), "calls/s");
    line(calls, "committed", samples, Sample::committed);
    line(calls, "refused", samples, Sample::refused);
    line(calls, "unknown", samples, Sample::unknown);
    write(calls, directory, slow + "-calls");
  }

  private static XYChart chart(String title, String unit) {
    return new XYChartBuilder()
        .width(900)
        .height(360)
        .title(title)
        .xAxisTitle("s")
        .yAxisTitle(unit)
        .build();
  }

  private static void line(
      XYChart chart, String name, List<Sample> samples, ToDoubleFunction<Sample> figure) {
    double[] seconds = samples.stream().mapToDouble(Sample::seconds).toArray();
    double[] figures = samples.stream().mapToDouble(figure).toArray();
    chart.addSeries(name, seconds, figures).setMarker(SeriesMarkers.NONE);
  }

  private static void write(XYChart chart, Path directory, String name) throws IOException {
    Path file = directory.resolve(name.toLowerCase(Locale.ROOT));
    VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
  }
}
