package dev.cairn.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Vote;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** State transfer in sentences: who offers what, who takes it, and what a liar can't do. Checkpoints are four apart. */
class TransferTest {
    private static final int LATE = 3;

    private TestCluster cluster = new TestCluster();

    private void commit(int blocks) {
        for (int i = 0; i < blocks; i++) {
            cluster.submit(i % 3);
            cluster.deliverAll();
        }
    }

    /** The others commit without the late one. */
    private void leaveBehind(int blocks) {
        cluster.delivers = sent -> sent.to().index() != LATE && sent.from().index() != LATE;
        commit(blocks);
        cluster.delivers = _ -> true;
    }

    private void loseBlocksBelow(long height) {
        for (int i = 0; i < TestCluster.N; i++) {
            cluster.heldFrom[i] = height;
        }
    }

    private Height heightOf(int replica) {
        return cluster.replica(replica).status().committed();
    }

    private <T extends Transition> Stream<T> told(Class<T> kind) {
        return cluster.effects.stream()
                .flatMap(effect -> effect instanceof Effect.Note(Transition transition) && kind.isInstance(transition)
                        ? Stream.of(kind.cast(transition))
                        : Stream.of());
    }

    private Stream<Effect.Send> sentBy(List<Effect> effects, Predicate<Message> which) {
        return effects.stream()
                .flatMap(effect -> effect instanceof Effect.Send send && which.test(send.message())
                        ? Stream.of(send)
                        : Stream.of());
    }

    private Message.SnapshotOffer anOffer() {
        leaveBehind(9);
        cluster.step(0, new Event.BlocksNotHeld(new ReplicaId(LATE), new Height(1)));
        return cluster.offers.getLast();
    }

    @Test
    void whoFindsTheBlocksGoneEverywhereTakesAStateAndGoesOnWithBlocks() {
        leaveBehind(10);
        loseBlocksBelow(9);
        cluster.tick(60);
        assertThat(told(Transition.TransferCompleted.class).map(Transition.TransferCompleted::anchor))
                .containsExactly(new Height(8));
        assertThat(heightOf(LATE)).isEqualTo(heightOf(0)).isEqualTo(new Height(10));
        commit(3);
        assertThat(heightOf(LATE)).isEqualTo(new Height(13));
    }

    @Test
    void oneReplicaWithoutTheBlocksIsNoReasonForATransfer() {
        leaveBehind(10);
        cluster.heldFrom[0] = 9;
        cluster.tick(60);
        assertThat(told(Transition.TransferBegun.class)).isEmpty();
        assertThat(heightOf(LATE)).isEqualTo(new Height(10));
    }

    @Test
    void whoIsFarBehindTakesAStateThoughAllBlocksAreThere() {
        leaveBehind(70);
        cluster.tick(60);
        assertThat(told(Transition.TransferCompleted.class).map(Transition.TransferCompleted::anchor))
                .containsExactly(new Height(68));
        assertThat(heightOf(LATE)).isEqualTo(new Height(70));
    }

    @Test
    void whoIsToKeepEveryBlockFetchesThemAllHoweverMany() {
        cluster = new TestCluster(Timeouts.DEFAULT);
        leaveBehind(70);
        cluster.tick(60);
        assertThat(told(Transition.TransferBegun.class)).isEmpty();
        assertThat(heightOf(LATE)).isEqualTo(new Height(70));
    }

    @Test
    void aStateThatContradictsACertifiedBlockIsQuarantinedAndReplaced() {
        commit(1);
        cluster.corrupt(LATE);
        cluster.delivers = sent -> !(sent.message() instanceof Message.SnapshotOffer);
        commit(1);
        cluster.tick(30);
        assertThat(cluster.replica(LATE).status().quarantined()).isTrue();
        assertThat(heightOf(LATE)).isEqualTo(new Height(1));
        cluster.delivers = _ -> true;
        cluster.tick(60);
        assertThat(cluster.replica(LATE).status().quarantined()).isFalse();
        commit(1);
        assertThat(heightOf(LATE)).isEqualTo(new Height(3));
    }

    @Test
    void inQuarantineNothingIsVotedOrReadAndTheReaderIsAnsweredAfterwards() {
        commit(1);
        cluster.corrupt(LATE);
        cluster.delivers = sent -> !(sent.message() instanceof Message.SnapshotOffer);
        commit(1);
        cluster.tick(2);
        int before = cluster.effects.size();
        cluster.step(LATE, new Event.ReadRequested(77, Optional.empty()));
        commit(2);
        cluster.tick(30);
        assertThat(cluster.readsReady).doesNotContain(77L);
        assertThat(cluster.effects.subList(before, cluster.effects.size()))
                .noneMatch(effect -> effect instanceof Effect.Broadcast(Vote vote)
                        && vote.voter().equals(new ReplicaId(LATE)));
        cluster.delivers = _ -> true;
        cluster.tick(60);
        assertThat(cluster.readsReady).contains(77L);
    }

    @Test
    void whoseStateProvesWrongAgainAndAgainHalts() {
        cluster.broken = Optional.of(LATE);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10; i++) {
                        commit(1);
                        cluster.tick(60);
                    }
                })
                .hasMessageContaining("although it was replaced 3 times");
    }

    @Test
    void aChunkThatProvesNothingCostsItsSenderTheTransfer() {
        leaveBehind(10);
        loseBlocksBelow(9);
        cluster.delivers = sent -> !(sent.message() instanceof Message.Chunk);
        cluster.tick(25);
        Effect.Send asked = sentBy(cluster.effects, Message.FetchChunk.class::isInstance)
                .findFirst()
                .orElseThrow();
        Message.FetchChunk fetch = (Message.FetchChunk) asked.message();
        List<Effect> effects = cluster.receive(
                LATE,
                asked.to().index(),
                new Message.Chunk(fetch.anchor(), fetch.from(), fetch.until(), Bytes.utf8("a lie")));
        assertThat(effects)
                .anyMatch(e -> e instanceof Effect.Note(Transition.ChunkRefused refused)
                        && refused.source().equals(asked.to()));
        assertThat(sentBy(effects, Message.FetchChunk.class::isInstance))
                .hasSize(1)
                .noneMatch(send -> send.to().equals(asked.to()));
        cluster.delivers = _ -> true;
        cluster.tick(300);
        assertThat(heightOf(LATE)).isEqualTo(new Height(10));
    }

    @Test
    void aChunkThatNobodyAskedForIsRefused() {
        Message.SnapshotOffer offer = anOffer();
        Message.Chunk chunk =
                new Message.Chunk(offer.anchor().digest(), Bytes.EMPTY, Optional.empty(), Bytes.utf8("x"));
        assertThat(cluster.receive(LATE, 1, chunk))
                .anyMatch(e -> e instanceof Effect.Reject r && r.reason() == Rejection.OVER_BUDGET);
        assertThat(cluster.receive(LATE, 1, offer))
                .anyMatch(e -> e instanceof Effect.Reject r && r.reason() == Rejection.OVER_BUDGET);
    }

    @Test
    void whatBringsNothingIsGivenUpAndAnotherOfferTaken() {
        leaveBehind(10);
        loseBlocksBelow(9);
        cluster.delivers = sent -> !(sent.message() instanceof Message.Chunk);
        cluster.tick(Timeouts.DEFAULT.transferTicks() + 100);
        assertThat(told(Transition.TransferAbandoned.class)).isNotEmpty();
        cluster.delivers = _ -> true;
        cluster.tick(400);
        assertThat(heightOf(LATE)).isEqualTo(new Height(10));
    }

    /** Chunks get lost. */
    private List<Effect.Send> beginTransferWithoutChunks() {
        leaveBehind(10);
        loseBlocksBelow(9);
        cluster.delivers = sent -> !(sent.message() instanceof Message.Chunk);
        cluster.tick(25);
        return fetches();
    }

    private List<Effect.Send> fetches() {
        return sentBy(cluster.effects, Message.FetchChunk.class::isInstance).toList();
    }

    /** The shell has closed what it would be stored in. */
    @Test
    void noChunkIsStoredOnceTheStateIsBeingCompleted() {
        beginTransferWithoutChunks();
        cluster.tick(840); // all were late once: the same part is now asked of two
        Effect.Send first = fetches().get(fetches().size() - 2);
        Effect.Send second = fetches().getLast();
        assertThat(first.to()).isNotEqualTo(second.to());
        Message.FetchChunk fetch = (Message.FetchChunk) second.message();
        assertThat(first.message()).isEqualTo(fetch);
        Message.Chunk chunk = new Message.Chunk(fetch.anchor(), fetch.from(), fetch.until(), Bytes.utf8("part"));
        StateMachine.Verdict all = new StateMachine.Verdict.Accepted(Optional.empty());
        assertThat(lateAlone(received(second.to(), chunk))).anyMatch(Effect.StoreChunk.class::isInstance);
        assertThat(lateAlone(new Event.ChunkJudged(second.to(), fetch.anchor(), fetch.from(), all)))
                .anyMatch(Effect.CompleteSnapshot.class::isInstance);
        assertThat(lateAlone(received(first.to(), chunk)))
                .noneMatch(Effect.StoreChunk.class::isInstance)
                .anyMatch(e -> e instanceof Effect.Reject r && r.reason() == Rejection.OVER_BUDGET);
    }

    private Event received(ReplicaId from, Message message) {
        return new Event.Received(from, cluster.authenticator.verify(message).orElseThrow());
    }

    /** One event, whose effects nobody performs. */
    private List<Effect> lateAlone(Event event) {
        return cluster.replica(LATE).step(event);
    }

    @Test
    void whoAloneHoldsAStateHasItsTimeAndMoreOfItOnlyAfterTheOthersWereAsked() {
        int patience = Timeouts.DEFAULT.transferTicks();
        Effect.Send asked = beginTransferWithoutChunks().getLast();
        SlowGiver giver = new SlowGiver(cluster, LATE, asked);
        assertThat(giver.ticksUntilAbandoned()).isBetween(patience - 50, patience + 1); // on another's offer
        assertThat(giver.ticksUntilAbandoned()).isBetween(patience, patience + 1);
        assertThat(giver.ticksUntilAbandoned()).isBetween(2 * patience, 2 * patience + 1);
        List<ReplicaId> turn = giver.askedForBlocksBefore;
        assertThat(turn).containsOnlyOnce(asked.to()).endsWith(asked.to());
        assertThat(Set.copyOf(turn)).hasSize(TestCluster.N - 1);
    }

    @Test
    void anOfferNeedsItsCertificateItsLinkItsHistoryAndItsBody() {
        Message.SnapshotOffer good = anOffer();
        assertThat(cluster.authenticator.verify(good)).isPresent();
        QuorumCertificate proof = good.proof();
        QuorumCertificate thin = new QuorumCertificate(
                Phase.COMMIT, proof.ballot(), proof.votes().subList(0, 2));
        QuorumCertificate prepared = new QuorumCertificate(Phase.PREPARE, proof.ballot(), proof.votes());
        MerkleFrontier shorter = MerkleFrontier.EMPTY.append(good.anchor().digest());
        MerkleFrontier other = good.history();
        for (int i = 0; i < 8; i++) {
            other = i == 0 ? MerkleFrontier.EMPTY.append(Digest.ZERO) : other.append(Digest.ZERO);
        }
        Block otherBody = new Block(good.anchor().header(), List.of(cluster.request(0), cluster.request(0)));
        List<Message.SnapshotOffer> bad = List.of(
                new Message.SnapshotOffer(good.anchor(), good.history(), good.link(), thin, List.of()),
                new Message.SnapshotOffer(good.anchor(), good.history(), good.link(), prepared, List.of()),
                new Message.SnapshotOffer(good.anchor(), shorter, good.link(), proof, List.of()),
                new Message.SnapshotOffer(good.anchor(), other, good.link(), proof, List.of()),
                new Message.SnapshotOffer(otherBody, good.history(), good.link(), proof, List.of()),
                new Message.SnapshotOffer(
                        good.anchor(), good.history(), List.of(good.anchor().header()), proof, List.of()));
        assertThat(bad).allMatch(offer -> cluster.authenticator.verify(offer).isEmpty());
    }

    @Test
    void aStateBetweenCheckpointsYieldsToAnotherNeedAfterItsTurn() {
        commit(5);
        assertThat(offeredAbove(4)).containsExactly(new Height(5));
        Digest anchor = cluster.committed.get(0).getLast().digest();
        Message.FetchChunk fetch = new Message.FetchChunk(anchor, Bytes.EMPTY, Optional.empty());
        commit(1);
        assertThat(offeredAbove(5)).isEmpty();
        for (int i = 0; i < 5; i++) { // somebody fetches from it all the time
            cluster.tick(Timeouts.DEFAULT.pinTicks() - 100);
            cluster.receive(0, LATE, fetch);
        }
        assertThat(offeredAbove(5)).containsExactly(new Height(6));
        assertThat(sentBy(cluster.receive(0, LATE, fetch), Message.NoSnapshot.class::isInstance))
                .hasSize(1);
    }

    private List<Height> offeredAbove(long height) {
        int before = cluster.offers.size();
        cluster.step(0, new Event.BlocksNotHeld(new ReplicaId(1), new Height(height + 1)));
        return cluster.offers.subList(before, cluster.offers.size()).stream()
                .map(offer -> offer.anchor().height())
                .toList();
    }

    @Test
    void theStatesOfTwoCheckpointsAreKeptAndNeverMoreThanFourStates() {
        int most = 0;
        for (int i = 0; i < 40; i++) {
            commit(1);
            cluster.step(
                    0,
                    new Event.BlocksNotHeld(
                            new ReplicaId(LATE), new Height(heightOf(0).value())));
            cluster.tick(1);
            most = Math.max(most, cluster.pinned.get(0).size());
        }
        assertThat(most).isLessThanOrEqualTo(Snapshots.MAX_PINS);
        cluster.tick(Timeouts.DEFAULT.pinTicks() + 20);
        assertThat(cluster.pinned.get(0)).hasSize(2);
    }

    @Test
    void anOldStateIsKeptForAsLongAsSomebodyFetchesFromIt() {
        commit(4);
        Digest anchor = cluster.committed.get(0).getLast().digest();
        Message.FetchChunk fetch = new Message.FetchChunk(anchor, Bytes.EMPTY, Optional.empty());
        for (int i = 0; i < 4; i++) {
            commit(4);
            cluster.tick(10);
            assertThat(sentBy(cluster.receive(0, LATE, fetch), Message.NoSnapshot.class::isInstance))
                    .isEmpty();
        }
        cluster.tick(Timeouts.DEFAULT.pinTicks() + 20);
        assertThat(sentBy(cluster.receive(0, LATE, fetch), Message.NoSnapshot.class::isInstance))
                .hasSize(1);
    }
}
