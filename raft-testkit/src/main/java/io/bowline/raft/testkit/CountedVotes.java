package io.bowline.raft.testkit;

import io.bowline.raft.model.Incarnation;
import io.bowline.raft.model.Membership;
import io.bowline.raft.model.Peer;
import java.util.Arrays;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Votes by the one who counts them (DESIGN 12, identity 13): a grant counts when it reaches a node
 * that asks in that term and whose membership, as its entries and the founding record say, names
 * that very directory. Each voter, as it is named, counts for one candidate a term, and who leads
 * was made so by a majority of them.
 */
final class CountedVotes {
  /** The grants of one term. */
  private static final class Term {
    /** Which directory has granted: by voter and candidate. */
    final @Nullable Incarnation[][] sent;

    /** Whether that grant counts. */
    final boolean[][] counted;

    Term(int nodes) {
      sent = new Incarnation[nodes][nodes];
      counted = new boolean[nodes][nodes];
    }
  }

  private final Simulation simulation;
  private final ProtocolChecks protocol;
  private final int nodes;
  private final TreeMap<Long, Term> terms = new TreeMap<>();

  /** The newest term in which each node has asked for votes. */
  private final long[] asking;

  CountedVotes(Simulation simulation, ProtocolChecks protocol, int nodes) {
    this.simulation = simulation;
    this.protocol = protocol;
    this.nodes = nodes;
    this.asking = new long[nodes];
  }

  private Term term(long number) {
    return terms.computeIfAbsent(number, t -> new Term(nodes));
  }

  /** It asks for votes: its own one counts, once its ballot is durable as its request needs it. */
  void asks(int candidate, long number) {
    asking[candidate] = number;
    counts(candidate, candidate, number, protocol.node(candidate).incarnation());
  }

  /** Alone it asks nobody, and leads by its own vote. */
  void leadsAlone(int slot, long number) {
    asks(slot, number);
  }

  void granted(int voter, int candidate, long number) {
    term(number).sent[voter][candidate] = protocol.node(voter).incarnation();
  }

  /** A grant has arrived. */
  void heard(int voter, int candidate, long number) {
    Incarnation directory = term(number).sent[voter][candidate];
    if (asking[candidate] == number && directory != null) {
      counts(voter, candidate, number, directory);
    }
  }

  private void counts(int voter, int candidate, long number, @Nullable Incarnation directory) {
    if (!isNamed(voter, candidate, directory)) {
      return;
    }
    Term votes = term(number);
    votes.counted[voter][candidate] = true;
    votes.sent[voter][candidate] = directory;
    for (int other = 0; other < nodes; other++) {
      boolean twice = other != candidate && votes.counted[voter][other];
      if (twice && Objects.equals(votes.sent[voter][other], directory)) {
        throw simulation.failure(
            "ONE_VOTE_COUNTED",
            ProtocolChecks.id(voter)
                + " counts for "
                + ProtocolChecks.id(other)
                + " and "
                + ProtocolChecks.id(candidate)
                + " in term "
                + number);
      }
    }
  }

  /** Whether the membership in the candidate's log counts that directory for that voter. */
  private boolean isNamed(int voter, int candidate, @Nullable Incarnation directory) {
    Membership appended = protocol.node(candidate).effective();
    Membership effective = appended == null ? protocol.members().founding() : appended;
    if (effective == null) { // nobody is complete, and nobody may vote: that is another check's
      return true;
    }
    return directory != null && effective.names(new Peer(ProtocolChecks.id(voter), directory));
  }

  /** It leads that term: a majority of all voters counts for it. */
  void requireQuorum(int slot, long number) {
    Term votes = term(number);
    int count = 0;
    boolean[] voters = new boolean[nodes];
    for (int voter = 0; voter < nodes; voter++) {
      voters[voter] = votes.counted[voter][slot];
      count += voters[voter] ? 1 : 0;
    }
    if (count < nodes / 2 + 1) {
      throw simulation.failure(
          "ELECTED_BY_QUORUM",
          ProtocolChecks.id(slot) + " leads " + number + " by " + Arrays.toString(voters));
    }
    terms.headMap(number - 64, false).clear(); // nobody asks in them any more
  }
}
