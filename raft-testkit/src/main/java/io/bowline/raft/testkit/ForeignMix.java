package io.bowline.raft.testkit;

/** Draws what foreign code does in a seed; a part of {@link FaultMix}. */
final class ForeignMix {
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;

  private final FaultMix mix;
  private final Prng random;

  ForeignMix(FaultMix mix, Prng random) {
    this.mix = mix;
    this.random = random;
  }

  void begin() {
    mix.plague(oneIn(3), draw(3, 30), this::throwing, 0.5, 5);
    mix.plague(oneIn(6), draw(3, 30), this::interrupting, 0.5, 5);
    mix.plague(oneIn(6), draw(3, 30), this::rejecting, 0.5, 5);
    mix.plague(oneIn(5), draw(5, 60), this::blocking, 1, 2);
    mix.plague(oneIn(6), draw(5, 60), this::slowApply, 1, 20);
  }

  private boolean oneIn(int seeds) {
    return random.nextInt(seeds) == 0;
  }

  private long draw(int lowSeconds, int highSeconds) {
    return random.logUniform(lowSeconds * SECOND, highSeconds * SECOND);
  }

  /** Once as a rule: a state machine that throws each time is down all the time. */
  private int times() {
    return random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(20);
  }

  private <T> T oneOf(T[] all) {
    return all[random.nextInt(all.length)];
  }

  private Seam seam() {
    return oneOf(Seam.values());
  }

  private Fault throwing() {
    Thrown what = oneOf(Thrown.values());
    Seam seam = seam();
    if (seam == Seam.ENCODE_REPLY) {
      // A codec that throws on one replica alone is no function, and parts what sessions keep, as a
      // state machine that is none does. What may strike one replica is a lack of memory.
      what = Thrown.OUT_OF_MEMORY;
    }
    return new ForeignFault.ForeignThrows(mix.anyNode(), seam, what, times());
  }

  private Fault interrupting() {
    return new ForeignFault.ForeignInterrupts(mix.anyNode(), seam(), times());
  }

  private Fault rejecting() {
    return new ForeignFault.ExecutorRejects(mix.anyNode(), times());
  }

  private Fault blocking() {
    return new ForeignFault.ForeignBlocks(
        mix.anyNode(), random.nextInt(3) == 0, random.logUniform(100 * MILLI, 15 * SECOND));
  }

  private Fault slowApply() {
    return new ForeignFault.SlowApply(mix.anyNode(), random.logUniform(20 * MILLI, 10 * SECOND));
  }
}
