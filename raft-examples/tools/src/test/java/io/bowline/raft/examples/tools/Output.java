package io.bowline.raft.examples.tools;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** What a command prints, and its exit code. */
record Output(int exit, String out, String err) {
  static Output of(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    PrintStream before = System.out;
    CommandLine tools = ToolsMain.commandLine().setErr(new PrintWriter(err, true));
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int exit = tools.execute(args);
      return new Output(exit, out.toString(StandardCharsets.UTF_8), err.toString());
    } finally {
      System.setOut(before);
    }
  }
}
