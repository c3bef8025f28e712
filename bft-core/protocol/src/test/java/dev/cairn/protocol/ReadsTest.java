package dev.cairn.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Witness;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The read index, and what a reader is given who trusts no replica. */
class ReadsTest {
    private static final Digest CHALLENGE = Hashing.sha256(new byte[] {1});

    /** The first rounds begin at once, with one reader each. */
    private static final int READERS_IN_ROUNDS = 4;

    private static final int READERS_WAITING = 1024;

    private final TestCluster cluster = new TestCluster();

    @Test
    void aReadWaitsForAQuorumOfAnswersThatAreMet() {
        cluster.delivers = _ -> false;
        List<Effect> effects = cluster.step(1, new Event.ReadRequested(9, Optional.empty()));
        long round = roundOf(effects);
        cluster.receive(1, 2, new Message.ReadIndexAnswer(round, View.ZERO, new Height(1)));
        cluster.receive(1, 0, new Message.ReadIndexAnswer(round, View.ZERO, Height.GENESIS));
        assertThat(cluster.readsReady).as("f+1 met answers are not enough").isEmpty();
        cluster.receive(1, 0, new Message.ReadIndexAnswer(round, View.ZERO, Height.GENESIS));
        assertThat(cluster.readsReady).as("one replica counts once").isEmpty();
        cluster.receive(1, 3, new Message.ReadIndexAnswer(round, View.ZERO, Height.GENESIS));
        assertThat(cluster.readsReady).as("a liar's claim holds nothing up").containsExactly(9L);
    }

    @Test
    void anAnswerForAnEarlierLifeSettlesNoRoundOfThisOne() {
        for (int i = 0; i < 4; i++) {
            cluster.submit(1);
            cluster.deliverAll();
        }
        cluster.delivers = _ -> false;
        long asked = roundOf(cluster.step(1, new Event.ReadRequested(8, Optional.empty())));
        cluster.restartAtCheckpoint(1);
        assertThat(cluster.step(1, new Event.ReadRequested(9, Optional.empty())))
                .as("without a clock there is no number that no other life gave")
                .noneMatch(effect -> effect instanceof Effect.Broadcast(Message.ReadIndexQuery _));
        cluster.tick(10);
        for (int peer : List.of(0, 2, 3)) {
            cluster.receive(1, peer, new Message.ReadIndexAnswer(asked, View.ZERO, Height.GENESIS));
        }
        assertThat(cluster.readsReady).isEmpty();
        cluster.delivers = _ -> true;
        cluster.tick(10);
        assertThat(cluster.readsReady).containsExactly(9L);
    }

    private static long roundOf(List<Effect> effects) {
        return effects.stream()
                .flatMap(e -> e instanceof Effect.Broadcast(Message.ReadIndexQuery q)
                        ? Optional.of(q.round()).stream()
                        : Optional.<Long>empty().stream())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aReaderWithAChallengeGetsTheSignedAnswersOfAQuorum() {
        Digest challenge = Hashing.sha256(new byte[] {1});
        cluster.submit(1);
        cluster.deliverAll();
        cluster.step(1, new Event.ReadRequested(9, Optional.of(challenge)));
        cluster.deliverAll();
        Testimony testimony = Optional.ofNullable(cluster.testimonies.get(9L)).orElseThrow();
        assertThat(cluster.authenticator.isValidTestimony(testimony, challenge)).isTrue();
        assertThat(cluster.authenticator.isValidTestimony(testimony, Digest.ZERO))
                .as("for a reader who did not ask")
                .isFalse();
        assertThat(testimony.witnesses())
                .hasSize(3)
                .allMatch(witness -> witness.height().equals(new Height(1)));
        Testimony ofTwo =
                new Testimony(testimony.challenges(), testimony.witnesses().subList(0, 2));
        assertThat(cluster.authenticator.isValidTestimony(ofTwo, challenge)).isFalse();
    }

    @Test
    void aLiarsOldTimeIsNotCountedWhileOthersMayAnswer() {
        cluster.delivers = _ -> false;
        cluster.step(1, new Event.ReadRequested(9, Optional.of(CHALLENGE)));
        answer(0, 0);
        answer(2, cluster.wallNanos);
        assertThat(cluster.testimonies).as("two that count and an old one").isEmpty();
        answer(3, cluster.wallNanos);
        assertThat(witnesses()).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void anOldTimeIsBetterThanNoAnswerWhenOthersHadTheirTime() {
        cluster.delivers = _ -> false;
        cluster.step(1, new Event.ReadRequested(9, Optional.of(CHALLENGE)));
        answer(0, 0);
        answer(2, cluster.wallNanos);
        cluster.tick(Timeouts.DEFAULT.statusTicks());
        assertThat(cluster.testimonies).as("the others had no whole beat yet").isEmpty();
        cluster.tick(Timeouts.DEFAULT.statusTicks());
        assertThat(witnesses()).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void readersThatNoRoundCanServeAreBounded() {
        cluster.delivers = _ -> false;
        for (int i = 0; i < 5000; i++) {
            cluster.step(1, new Event.ReadRequested(i, Optional.of(CHALLENGE)));
        }
        assertThat(cluster.replica(1).occupancy().readers()).isEqualTo(READERS_WAITING);
        cluster.step(1, new Event.ReadRequested(-1, Optional.empty()));
        cluster.delivers = _ -> true;
        cluster.tick(2 * Timeouts.DEFAULT.statusTicks());
        assertThat(cluster.readsReady)
                .hasSize(READERS_IN_ROUNDS + READERS_WAITING + 1)
                .as("the reader that all plain reads share")
                .contains(-1L);
    }

    private List<Integer> witnesses() {
        return Optional.ofNullable(cluster.testimonies.get(9L)).orElseThrow().witnesses().stream()
                .map(witness -> witness.replica().index())
                .toList();
    }

    /** Replica 1 hears from {@code witness}, whose clock says {@code timeNanos}. */
    private void answer(int witness, long timeNanos) {
        Message.WitnessQuery question = cluster.effects.stream()
                .flatMap(effect -> effect instanceof Effect.Broadcast(Message.WitnessQuery query)
                        ? Optional.of(query).stream()
                        : Optional.<Message.WitnessQuery>empty().stream())
                .findFirst()
                .orElseThrow();
        ReplicaId self = new ReplicaId(witness);
        Witness signed = new Witness(
                Epoch.ZERO,
                self,
                question.challenge(),
                timeNanos,
                View.ZERO,
                Height.GENESIS,
                TestCluster.FakeAuthenticator.sign(
                        self,
                        Witness.statement(
                                cluster.genesis.chainId(),
                                Epoch.ZERO,
                                question.challenge(),
                                timeNanos,
                                View.ZERO,
                                Height.GENESIS)));
        cluster.receive(1, witness, new Message.WitnessAnswer(question.round(), signed));
    }
}
