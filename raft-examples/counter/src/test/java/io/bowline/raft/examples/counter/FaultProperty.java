package io.bowline.raft.examples.counter;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Property;

/**
 * A property over a simulated cluster: a run each try, so few of them, and the same ones in each
 * build, so that what it covers is a fact. Without the seed there are other ones each time.
 */
@Property(tries = 8, seed = "2026", edgeCases = EdgeCasesMode.NONE)
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface FaultProperty {}
