package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The read index. A reader waits for a round that starts after it came; a round asks everyone for the greatest
 * (view, height) they prepared or know committed, and ends when q distinct answers, its own among them, are each met by
 * what is committed here. Any quorum will do, so an answer that is never met (a liar's) holds nothing up.
 */
final class Reads {
    private static final int MAX_ROUNDS = 4;

    /** The greatest, by (view, height), of a replica's certificates. */
    private record Claim(View view, Height height) {}

    private static final class Round {
        final long number;
        final List<Long> readers;
        final Map<ReplicaId, Claim> answers = new TreeMap<>();

        Round(long number, List<Long> readers) {
            this.number = number;
            this.readers = readers;
        }
    }

    private final Core core;
    private final Chain chain;
    private final Decisions decisions;
    private final List<Round> rounds = new ArrayList<>();
    private List<Long> arrived = new ArrayList<>();
    private long lastRound;

    Reads(Core core, Chain chain, Decisions decisions) {
        this.core = core;
        this.chain = chain;
        this.decisions = decisions;
    }

    /** The shell keeps the number of readers small: it lets many calls share one. */
    void onRequested(long readId) {
        arrived.add(readId);
        startRound();
    }

    void onQuery(ReplicaId from, Message.ReadIndexQuery query) {
        Claim claim = ownClaim();
        core.send(from, new Message.ReadIndexAnswer(query.round(), claim.view(), claim.height()));
    }

    void onAnswer(ReplicaId from, Message.ReadIndexAnswer answer) {
        for (Round round : rounds) {
            if (round.number == answer.round()) {
                round.answers.putIfAbsent(from, new Claim(answer.view(), answer.height()));
            }
        }
        release();
    }

    void onCommitted() {
        release();
    }

    /** Asks again whoever has not answered; questions and answers may be lost. */
    void onStatusBeat() {
        for (Round round : rounds) {
            core.quorums.members().stream()
                    .filter(peer -> !round.answers.containsKey(peer))
                    .forEach(peer -> core.send(peer, new Message.ReadIndexQuery(round.number)));
        }
    }

    int roundCount() {
        return rounds.size();
    }

    private void startRound() {
        if (arrived.isEmpty() || rounds.size() >= MAX_ROUNDS) {
            return;
        }
        Round round = new Round(++lastRound, arrived);
        arrived = new ArrayList<>();
        rounds.add(round);
        round.answers.put(core.self, ownClaim());
        core.broadcast(new Message.ReadIndexQuery(round.number));
        release();
    }

    /** Notes a reader for whoever comes after this replica's core. */
    void keep(long readId) {
        arrived.add(readId);
    }

    /** Readers that were not released, in the order in which they came. */
    List<Long> waiting() {
        return Stream.concat(rounds.stream().flatMap(round -> round.readers.stream()), arrived.stream())
                .toList();
    }

    /** Nothing is read from a state that contradicts what is certified. */
    private void release() {
        if (core.isQuarantined()) {
            return;
        }
        boolean released = false;
        for (Iterator<Round> all = rounds.iterator(); all.hasNext(); ) {
            Round round = all.next();
            long met = round.answers.values().stream().filter(this::isMet).count();
            if (met >= core.quorums.quorum()) {
                all.remove();
                round.readers.forEach(reader -> core.emit(new Effect.ReadReady(reader)));
                released = true;
            }
        }
        if (released) {
            startRound();
        }
    }

    /**
     * The claimed height is committed here, or a block is that a certificate of a view above the claim's names. A head
     * that was committed by a descendant's certificate is not such a block until the descendant is committed too.
     */
    private boolean isMet(Claim claim) {
        boolean byLaterView = chain.headProof()
                .filter(proof -> proof.height().isAtMost(chain.headHeight()))
                .map(proof -> proof.view().isAfter(claim.view()))
                .orElse(false);
        return byLaterView || claim.height().isAtMost(chain.headHeight());
    }

    private Claim ownClaim() {
        return Stream.concat(core.highestPrepared().stream(), decisions.highestCommitCertificate().stream())
                .map(QuorumCertificate::ballot)
                .max(Ballot.BY_VIEW_THEN_HEIGHT)
                .map(ballot -> new Claim(ballot.view(), ballot.height()))
                .orElse(new Claim(View.ZERO, Height.GENESIS));
    }
}
