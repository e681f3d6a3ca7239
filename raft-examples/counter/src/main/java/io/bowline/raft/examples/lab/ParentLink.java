package io.bowline.raft.examples.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** The child's side of {@link NodeProcess}. */
public final class ParentLink {
  private ParentLink() {}

  /** Answers each line on stdin with one on stdout; returns when the parent closed it or died. */
  public static void serve(UnaryOperator<String> answers) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(answers.apply(line));
    }
  }
}
