package io.bowline.raft.testkit;

import java.util.random.RandomGenerator;

/**
 * The testkit's only source of random numbers: SplitMix64 (Steele, Lea, Flood, OOPSLA'14), fixed
 * here so that no JDK can change a seed's run. {@link #split} depends on the seed and a name and
 * not on what was drawn, so that one more draw in one place does not shift the others.
 */
public final class Prng implements RandomGenerator {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final long seed;
  private long state;
  private long draws;

  /** The sequence of that seed. */
  public Prng(long seed) {
    this.seed = seed;
    this.state = mix(seed);
  }

  /** An independent source for one purpose. */
  public Prng split(String name) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * FNV_PRIME;
    }
    return new Prng(mix(seed + GAMMA) ^ hash);
  }

  /** Spreads every bit of the argument over the result; a bijection. */
  static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** What {@link #mix} made this of: shifts and odd factors undone in reverse. */
  static long unmix(long mixed) {
    long z = mixed ^ (mixed >>> 31) ^ (mixed >>> 62);
    z *= 0x319642b2d24d8ec3L; // the inverse of the second factor modulo 2^64
    z = z ^ (z >>> 27) ^ (z >>> 54);
    z *= 0x96de1b173f119089L; // and of the first
    return z ^ (z >>> 30) ^ (z >>> 60);
  }

  /** How many numbers were drawn so far. */
  public long draws() {
    return draws;
  }

  @Override
  public long nextLong() {
    draws++;
    state += GAMMA;
    return mix(state);
  }

  @Override
  public int nextInt() {
    return (int) (nextLong() >>> 32);
  }

  @Override
  public int nextInt(int bound) {
    requireRange(0, bound);
    return (int) (((nextLong() >>> 32) * bound) >>> 32);
  }

  @Override
  public int nextInt(int origin, int bound) {
    requireRange(origin, bound);
    return (int) (origin + (nextLong() >>> 1) % ((long) bound - origin));
  }

  @Override
  public long nextLong(long bound) {
    requireRange(0, bound);
    return (nextLong() >>> 1) % bound;
  }

  @Override
  public long nextLong(long origin, long bound) {
    requireRange(origin, bound);
    return origin + (nextLong() >>> 1) % (bound - origin);
  }

  private static void requireRange(long origin, long bound) {
    if (bound <= origin) {
      throw new IllegalArgumentException("nothing lies in [" + origin + ", " + bound + ")");
    }
  }

  @Override
  public boolean nextBoolean() {
    return nextLong() < 0;
  }

  @Override
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  @Override
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1p-24f;
  }

  /** Not offered: the JDK's algorithm may differ between versions. */
  @Override
  public double nextGaussian() {
    throw new UnsupportedOperationException("use exponential or nextDouble");
  }

  /** Not offered: the JDK's algorithm may differ between versions. */
  @Override
  public double nextExponential() {
    throw new UnsupportedOperationException("use exponential(mean)");
  }

  /** True with that probability; draws nothing if it is 0. */
  public boolean chance(double probability) {
    return probability > 0 && nextDouble() < probability;
  }

  /** Exponentially distributed, at most 20 means; 0 if the mean is. */
  public long exponential(long mean) {
    if (mean <= 0) {
      return 0;
    }
    // StrictMath: interpreter, compiled code and CPUs may differ by an ulp in Math.log
    double value = -StrictMath.log(1.0 - nextDouble()) * mean;
    return (long) Math.min(value, 20.0 * mean);
  }

  /** Between the bounds, each order of magnitude alike. */
  public long logUniform(long low, long high) {
    double span = StrictMath.log((double) high / low);
    return Math.min(high, (long) (low * StrictMath.exp(span * nextDouble())));
  }
}
