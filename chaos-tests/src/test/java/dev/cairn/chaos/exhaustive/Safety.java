package dev.cairn.chaos.exhaustive;

import java.util.Optional;

/** The invariants over three honest replicas, on sets of ballots. */
final class Safety {
    private final SmallWorld world;

    /** For each ballot those of its view that lie on no one chain with it. */
    private final int[] besideInView;

    /** For each block those that lie on no one chain with it. */
    private final int[] beside;

    Safety(SmallWorld world) {
        this.world = world;
        int blocks = world.blocks.size();
        this.beside = new int[blocks];
        this.besideInView = new int[SmallWorld.MAX_VIEWS * SmallWorld.MAX_BLOCKS];
        for (int block = 0; block < blocks; block++) {
            for (int other = 0; other < blocks; other++) {
                if (!world.onOneChain(block, other)) {
                    beside[block] |= 1 << other;
                }
            }
            for (int view = 0; view < SmallWorld.MAX_VIEWS; view++) {
                besideInView[SmallWorld.ballot(view, block)] = beside[block] << SmallWorld.ballot(view, 0);
            }
        }
    }

    /** Ballots for which the Byzantine replica and two honest ones have voted, and with them a quorum. */
    static int certifiable(int a, int b, int c) {
        return (a & b) | (a & c) | (b & c);
    }

    /** The first invariant that does not hold. */
    Optional<String> judge(Automaton.Node a, Automaton.Node b, Automaton.Node c) {
        for (Automaton.Node node : new Automaton.Node[] {a, b, c}) {
            if (node.broken().isPresent()) {
                return node.broken();
            }
        }
        return judge(a.past(), b.past(), c.past());
    }

    /** The same of what they have said and decided, as long as each alone has broken nothing. */
    Optional<String> judge(Past a, Past b, Past c) {
        int prepared = certifiable(a.prepares(), b.prepares(), c.prepares());
        int committed = certifiable(a.commits(), b.commits(), c.commits());
        int decided = a.decided() | b.decided() | c.decided();
        for (int rest = committed; rest != 0; rest &= rest - 1) {
            decided |= 1 << SmallWorld.blockOf(Integer.numberOfTrailingZeros(rest));
        }
        for (int rest = decided; rest != 0; rest &= rest - 1) {
            int block = Integer.numberOfTrailingZeros(rest);
            if ((decided & beside[block]) != 0) {
                int other = Integer.numberOfTrailingZeros(decided & beside[block]);
                return Optional.of("Agreement: " + world.name(block) + " and " + world.name(other)
                        + " are committed, or can be shown to be");
            }
        }
        for (Past past : new Past[] {a, b, c}) {
            int unsound = (past.prepareCertificates() & ~prepared) | (past.commitCertificates() & ~committed);
            if (unsound != 0) {
                return Optional.of("CertificateSoundness: no quorum voted for "
                        + world.ballotName(Integer.numberOfTrailingZeros(unsound)));
            }
            int lost = past.uncovered() & committed;
            if (lost != 0) {
                return Optional.of("TipCoversCommits: a replica goes on from below "
                        + world.ballotName(Integer.numberOfTrailingZeros(lost)) + ", which is committed");
            }
        }
        for (int rest = prepared; rest != 0; rest &= rest - 1) {
            int ballot = Integer.numberOfTrailingZeros(rest);
            if ((prepared & besideInView[ballot]) != 0) {
                int other = Integer.numberOfTrailingZeros(prepared & besideInView[ballot]);
                return Optional.of("OneChainPerView: " + world.ballotName(ballot) + " and " + world.ballotName(other)
                        + " can both be certified");
            }
        }
        return Optional.empty();
    }
}
