package io.bowline.raft.model;

/** The entries {@code first} to {@code last}, all of one term. */
public record TermRun(long term, long first, long last) {}
