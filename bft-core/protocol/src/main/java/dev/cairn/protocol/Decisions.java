package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.QuorumCertificate;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The one serial way from a commit certificate to committed blocks, for votes and catch-up alike. A certificate commits
 * its block and every ancestor; it waits here until all of them are present and executed.
 */
final class Decisions {

    /** {@code target} is final because {@code proof} is for it or for a descendant of it. */
    private record Decision(Digest target, QuorumCertificate proof) {}

    private final Core core;
    private final Chain chain;
    private final Consumer<Block> onCommitted;
    private final Consumer<Block> onDivergence;

    /** By the target's height; bounded by dropping the highest, which STATUS and catch-up bring again. */
    private final NavigableMap<Height, Decision> waiting = new TreeMap<>();

    /** {@code onDivergence} is told of a certified block that execution here does not give. */
    Decisions(Core core, Chain chain, Consumer<Block> onCommitted, Consumer<Block> onDivergence) {
        this.core = core;
        this.chain = chain;
        this.onCommitted = onCommitted;
        this.onDivergence = onDivergence;
    }

    /** Notes that the block {@code target} at {@code height} is final by {@code proof}. */
    void decide(Height height, Digest target, QuorumCertificate proof) {
        Optional<Digest> known = chain.committedAt(height);
        if (known.isPresent() && !known.get().equals(target)) {
            core.halt("two blocks are certified as committed at " + height + ": more than f replicas lie");
        } else if (height.isAbove(chain.headHeight())) {
            waiting.putIfAbsent(height, new Decision(target, proof));
            if (waiting.size() > 2 * core.parameters.horizon()) {
                waiting.pollLastEntry();
            }
        }
    }

    /** The greatest commit certificate known here, by (view, height). */
    Optional<QuorumCertificate> highestCommitCertificate() {
        return Stream.concat(
                        chain.headProof().stream(), waiting.values().stream().map(Decision::proof))
                .max((a, b) -> Ballot.BY_VIEW_THEN_HEIGHT.compare(a.ballot(), b.ballot()));
    }

    /** A block that is decided but whose body, or an ancestor's, is not here. */
    Optional<Digest> missing() {
        return waiting.values().stream()
                .flatMap(decision -> chain.missingBelow(decision.target()).stream())
                .findFirst();
    }

    int waitingCount() {
        return waiting.size();
    }

    /** Commits as far as the waiting decisions reach and execution has come. */
    void perform() {
        while (!waiting.isEmpty() && !core.isHalted()) {
            Decision lowest = waiting.firstEntry().getValue();
            if (waiting.firstKey().isAtMost(chain.headHeight())) {
                waiting.pollFirstEntry();
            } else if (!commitUpTo(lowest)) {
                return;
            }
        }
    }

    /** False if a block on the way is missing, or has not executed yet. */
    private boolean commitUpTo(Decision decision) {
        List<Chain.Candidate> path = chain.pathTo(decision.target()).orElse(List.of());
        for (Chain.Candidate candidate : path) {
            switch (candidate.stage()) {
                case WAITING, EXECUTING -> {
                    return false;
                }
                case DIVERGENT -> {
                    onDivergence.accept(candidate.block);
                    return false;
                }
                case EXECUTED -> {
                    chain.commit(candidate, decision.proof());
                    onCommitted.accept(candidate.block);
                }
            }
        }
        return !path.isEmpty();
    }
}
