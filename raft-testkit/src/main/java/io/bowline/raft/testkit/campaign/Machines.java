package io.bowline.raft.testkit.campaign;

import io.bowline.raft.testkit.FaultSchedule.Strike;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which machines a fault names, by its text. */
final class Machines {
  private static final Pattern NODE = Pattern.compile("[=,]n(\\d+)\\b");
  private static final Pattern CLIENT = Pattern.compile("\\bclient=(\\d+)\\b");

  private Machines() {}

  /** Nodes are counted from 1 in their names, clients from 0. */
  static boolean allWithin(Strike strike, int nodes, int clients) {
    String text = strike.toString();
    return highest(NODE, text) <= nodes && highest(CLIENT, text) < clients;
  }

  private static int highest(Pattern names, String text) {
    int highest = -1;
    Matcher found = names.matcher(text);
    while (found.find()) {
      highest = Math.max(highest, Integer.parseInt(found.group(1)));
    }
    return highest;
  }
}
