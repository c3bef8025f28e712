package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Witness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The read index. A reader waits for a round that starts after it came; a round asks everyone for the greatest
 * (view, height) they prepared or know committed, and ends when q distinct answers, its own among them, are each met by
 * what is committed here. Any quorum will do, so an answer that is never met (a liar's) holds nothing up.
 *
 * <p>Where a reader has a challenge, the round's answers are signed over all its readers' challenges, so that the reader
 * can show them to somebody who trusts nobody here.
 */
final class Reads {
    private static final int MAX_ROUNDS = 4;

    /** Readers with a challenge that wait for a round; each round takes 64. */
    private static final int MAX_ARRIVED = 16 * Testimony.MAX_CHALLENGES;

    /** The greatest, by (view, height), of a replica's certificates. */
    private record Claim(View view, Height height) {}

    private static final class Round {
        final long number;
        final List<Event.ReadRequested> readers;
        final List<Digest> challenges;
        final Optional<Digest> challenge;
        final Map<ReplicaId, Claim> answers = new TreeMap<>();
        final Map<ReplicaId, Witness> witnesses = new TreeMap<>();
        final long timelyNanos;
        int beats;

        Round(long number, List<Event.ReadRequested> readers, long timelyNanos) {
            this.number = number;
            this.timelyNanos = timelyNanos;
            this.readers = readers;
            this.challenges = readers.stream()
                    .flatMap(reader -> reader.challenge().stream())
                    .toList();
            this.challenge = challenges.isEmpty() ? Optional.empty() : Optional.of(Testimony.challengeOf(challenges));
        }

        Message question() {
            return challenge
                    .<Message>map(asked -> new Message.WitnessQuery(number, asked))
                    .orElseGet(() -> new Message.ReadIndexQuery(number));
        }

        void add(Witness witness) {
            Claim claim = new Claim(witness.view(), witness.height());
            if (answers.putIfAbsent(witness.replica(), claim) == null) {
                witnesses.put(witness.replica(), witness);
            }
        }

        /**
         * A liar that answers first with a time long past would make the testimony too old for a reader who goes by times.
         * So its answer counts only when others had a whole beat, and the newest times go first.
         */
        boolean counts(ReplicaId replica) {
            return challenge.isEmpty() || beats > 1 || timeOf(replica) >= timelyNanos;
        }

        long timeOf(ReplicaId replica) {
            Witness witness = witnesses.get(replica);
            return witness == null ? 0 : witness.timeNanos();
        }
    }

    private final Core core;
    private final Chain chain;
    private final Decisions decisions;
    private final List<Round> rounds = new ArrayList<>();
    private final List<Event.ReadRequested> arrived = new ArrayList<>();

    /** No other life of this replica gives the same numbers: what was still under way from then settles nothing now. */
    private long lastRound;

    Reads(Core core, Chain chain, Decisions decisions) {
        this.core = core;
        this.chain = chain;
        this.decisions = decisions;
    }

    /**
     * A reader with a challenge above the bound is lost, as a message may be: its client asks again. The one without that
     * all plain reads share is never lost; the shell has no second under way.
     */
    void onRequested(Event.ReadRequested read) {
        keep(read);
        startRound();
    }

    void onQuery(ReplicaId from, Message.ReadIndexQuery query) {
        Claim claim = ownClaim();
        core.send(from, new Message.ReadIndexAnswer(query.round(), claim.view(), claim.height()));
    }

    void onWitnessQuery(ReplicaId from, Message.WitnessQuery query) {
        core.send(from, new Message.WitnessAnswer(query.round(), testify(query.challenge())));
    }

    /** An answer without a signature is of no use to a round that wants signed ones. */
    void onAnswer(ReplicaId from, Message.ReadIndexAnswer answer) {
        for (Round round : rounds) {
            if (round.number == answer.round() && round.challenge.isEmpty()) {
                round.answers.putIfAbsent(from, new Claim(answer.view(), answer.height()));
            }
        }
        release();
    }

    void onWitnessAnswer(ReplicaId from, Message.WitnessAnswer answer) {
        Witness witness = answer.witness();
        if (!witness.replica().equals(from)) {
            core.reject(from, Rejection.WRONG_SENDER, witness.toString());
            return;
        }
        for (Round round : rounds) {
            boolean isAsked =
                    round.challenge.filter(witness.challenge()::equals).isPresent();
            if (round.number == answer.round() && isAsked) {
                round.add(witness);
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
            round.beats++;
            core.quorums.members().stream()
                    .filter(peer -> !round.answers.containsKey(peer))
                    .forEach(peer -> core.send(peer, round.question()));
        }
        release();
        startRound(); // readers that came before the clock was known
    }

    int roundCount() {
        return rounds.size();
    }

    int arrivedCount() {
        return arrived.size();
    }

    private void startRound() {
        if (arrived.isEmpty() || rounds.size() >= MAX_ROUNDS || !core.knowsTime()) {
            return;
        }
        lastRound = Math.max(lastRound + 1, core.wallNanos());
        List<Event.ReadRequested> first = arrived.subList(0, Math.min(arrived.size(), Testimony.MAX_CHALLENGES));
        long timelyNanos = core.wallNanos() - core.parameters.maxFutureNanos();
        Round round = new Round(lastRound, List.copyOf(first), timelyNanos);
        first.clear();
        rounds.add(round);
        round.challenge.ifPresentOrElse(
                asked -> round.add(testify(asked)), () -> round.answers.put(core.self, ownClaim()));
        core.broadcast(round.question());
        release();
    }

    /** Notes a reader for whoever comes after this replica's core. */
    void keep(Event.ReadRequested read) {
        if (read.challenge().isEmpty() || arrived.size() < MAX_ARRIVED) {
            arrived.add(read);
        }
    }

    /** Readers that were not released, in the order in which they came. */
    List<Event.ReadRequested> waiting() {
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
            List<ReplicaId> met = round.answers.entrySet().stream()
                    .filter(answer -> isMet(answer.getValue()))
                    .map(Map.Entry::getKey)
                    .filter(round::counts)
                    .sorted(Comparator.comparingLong(round::timeOf).reversed())
                    .toList();
            if (met.size() >= core.quorums.quorum()) {
                all.remove();
                answerReaders(round, met);
                released = true;
            }
        }
        if (released) {
            startRound();
        }
    }

    private void answerReaders(Round round, List<ReplicaId> met) {
        Optional<Testimony> testimony = round.challenge.map(_ -> new Testimony(
                round.challenges,
                met.stream()
                        .limit(core.quorums.quorum())
                        .map(round.witnesses::get)
                        .toList()));
        for (Event.ReadRequested reader : round.readers) {
            core.emit(new Effect.ReadReady(
                    reader.readId(), testimony.filter(_ -> reader.challenge().isPresent())));
        }
    }

    /** Before the first block there is nothing to miss, and no certificate to go by. */
    private boolean isMet(Claim claim) {
        return chain.headProof()
                .map(proof -> Testimony.isMet(claim.view(), claim.height(), chain.headHeight(), proof.ballot()))
                .orElse(claim.height().isAtMost(chain.headHeight()));
    }

    private Witness testify(Digest challenge) {
        Claim claim = ownClaim();
        long timeNanos = core.wallNanos();
        return new Witness(
                core.epoch,
                core.self,
                challenge,
                timeNanos,
                claim.view(),
                claim.height(),
                core.sign(Witness.statement(
                        core.chainId, core.epoch, challenge, timeNanos, claim.view(), claim.height())));
    }

    private Claim ownClaim() {
        return Stream.concat(core.highestPrepared().stream(), decisions.highestCommitCertificate().stream())
                .map(QuorumCertificate::ballot)
                .max(Ballot.BY_VIEW_THEN_HEIGHT)
                .map(ballot -> new Claim(ballot.view(), ballot.height()))
                .orElse(new Claim(View.ZERO, Height.GENESIS));
    }
}
