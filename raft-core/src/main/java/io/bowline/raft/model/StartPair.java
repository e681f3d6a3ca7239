package io.bowline.raft.model;

/**
 * One start of a directory (identity 11).
 *
 * @param counter from 1, one more than of the start before
 * @param nonce random, so that two starts of one number are told apart
 */
public record StartPair(long counter, long nonce) {}
