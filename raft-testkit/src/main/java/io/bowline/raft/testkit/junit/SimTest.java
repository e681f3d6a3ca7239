package io.bowline.raft.testkit.junit;

import io.bowline.raft.testkit.FaultArea;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that is run once for each seed of a range, each time with a simulated cluster of its own,
 * which it is given as a {@link SimCluster}. The first seed that fails is the last one run; its
 * failure says how to see it again. {@code -Dbowline.seed=0x5DEE} runs that seed alone, {@code
 * -Dbowline.seeds=1000} runs so many.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(SimTestExtension.class)
public @interface SimTest {
  /** How many seeds, at least 1. */
  int seeds() default 20;

  /** The first of them: a fixed range, so that what a build has covered is a fact. */
  long firstSeed() default 1;

  /** Whether the range is drawn anew each time instead; the names of the tests say what it was. */
  boolean fresh() default false;

  /** How many voters, 1 to 7; 0 lets each seed draw. */
  int nodes() default 0;

  /** How many clients, 1 to 16; 0 lets each seed draw. */
  int clients() default 0;

  /** In which areas faults are drawn; none for a cluster that is left in peace. */
  FaultArea[] faults() default {
    FaultArea.NETWORK,
    FaultArea.NODE,
    FaultArea.DISK,
    FaultArea.CLOCK,
    FaultArea.CLIENT,
    FaultArea.OPERATOR,
    FaultArea.FOREIGN
  };

  /**
   * Exactly these faults strike and none is drawn: the lines of {@link
   * io.bowline.raft.testkit.FaultSchedule#format}, as a failure prints them. Empty draws them.
   */
  String schedule() default "";

  /** Clients ask for no more than that; by default there is no such end. */
  long operations() default Long.MAX_VALUE;

  /**
   * For how many seconds of virtual time clients ask and faults strike, before everything is
   * healed; 0 lets each seed draw 10 to 40.
   */
  int seconds() default 0;

  /** How many runs may be spent on making a failure smaller, 0 to 500; 0 leaves it as it is. */
  int shrinking() default 150;
}
