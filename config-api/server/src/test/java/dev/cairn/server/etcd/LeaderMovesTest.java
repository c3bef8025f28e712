package dev.cairn.server.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.proto.etcdserverpb.MoveLeaderRequest;
import dev.cairn.proto.etcdserverpb.MoveLeaderResponse;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.View;
import dev.cairn.runtime.CommittedChain;
import dev.cairn.runtime.TransferProgress;
import dev.cairn.server.Consensus;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What MoveLeader asks of the primary, and when it answers. */
class LeaderMovesTest {
    private static final ReplicaId SELF = new ReplicaId(1);
    private static final ClusterIdentity CLUSTER = new ClusterIdentity(
            Digest.ZERO,
            SELF,
            Collections.nCopies(4, new ClusterIdentity.Member("r", List.of("https://a:1"), List.of("http://a:2"))));

    private final FakeNode node = new FakeNode();
    private final ArrayDeque<Runnable> later = new ArrayDeque<>();
    private final List<String> answers = new ArrayList<>();
    private Optional<String> refusal = Optional.empty();
    private final LeaderMoves moves = new LeaderMoves(node, () -> refusal, CLUSTER, (_, task) -> later.add(task));

    private static final class FakeNode implements Consensus {
        private final List<ReplicaId> wanted = new ArrayList<>();
        private ReplicaId primary = SELF;
        private boolean changing;
        private boolean full;
        private int silent = -1;

        @Override
        public boolean handOver(ReplicaId heir) {
            return !full && wanted.add(heir);
        }

        @Override
        public ReplicaStatus status() {
            List<ReplicaStatus.Peer> peers = IntStream.of(0, 2, 3)
                    .mapToObj(index -> new ReplicaStatus.Peer(
                            new ReplicaId(index), View.ZERO, Height.GENESIS, index == silent ? 101 : 9))
                    .toList();
            return new ReplicaStatus(
                    SELF,
                    View.ZERO,
                    changing,
                    primary,
                    Height.GENESIS,
                    Digest.ZERO,
                    Digest.ZERO,
                    Height.GENESIS,
                    Height.GENESIS,
                    0,
                    0,
                    false,
                    peers,
                    List.of());
        }

        @Override
        public boolean submit(Request request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean readIndex(long readId, Optional<Digest> challenge) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Request sign(RequestId id, Bytes operations) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CommittedChain chain() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<TransferProgress> transfer() {
            return Optional.empty();
        }
    }

    private void move(int target) {
        moves.answer(
                MoveLeaderRequest.newBuilder()
                        .setTargetID(CLUSTER.memberId(new ReplicaId(target)))
                        .build(),
                new StreamObserver<>() {
                    @Override
                    public void onNext(MoveLeaderResponse response) {
                        answers.add("moved");
                    }

                    @Override
                    public void onError(Throwable error) {
                        answers.add(String.valueOf(error.getMessage()));
                    }

                    @Override
                    public void onCompleted() {}
                });
    }

    private void lookAgain() {
        List<Runnable> due = List.copyOf(later);
        later.clear();
        due.forEach(Runnable::run);
    }

    @Test
    void answersWhenTheOneThatWasNamedIsInOffice() {
        move(3);
        assertThat(node.wanted).containsExactly(new ReplicaId(3));
        node.changing = true;
        node.primary = new ReplicaId(2);
        lookAgain();
        node.changing = false;
        lookAgain();
        node.primary = new ReplicaId(3);
        node.changing = true;
        lookAgain();
        assertThat(answers).as("on the way").isEmpty();
        assertThat(moves.waiting()).isEqualTo(1);
        node.changing = false;
        lookAgain();
        assertThat(answers).containsExactly("moved");
        assertThat(moves.waiting()).isZero();
        assertThat(later).isEmpty();
    }

    @Test
    void givesUpInEtcdsWords() {
        move(2);
        for (long millis = 0; millis < LeaderMoves.PATIENCE_MILLIS; millis += LeaderMoves.LOOK_MILLIS) {
            assertThat(answers).isEmpty();
            lookAgain();
        }
        assertThat(answers).containsExactly("UNKNOWN: etcdserver: request timed out, leader transfer took too long");
        assertThat(moves.waiting()).isZero();
        assertThat(later).isEmpty();
    }

    @Test
    void thePrimaryIsItsOwnHeirAtOnceAndNobodyElseAnswersForIt() {
        move(1);
        node.changing = true;
        move(2);
        node.changing = false;
        node.primary = new ReplicaId(0);
        move(2);
        assertThat(answers)
                .containsExactly(
                        "moved",
                        "FAILED_PRECONDITION: etcdserver: not leader",
                        "FAILED_PRECONDITION: etcdserver: not leader");
        assertThat(node.wanted).isEmpty();
    }

    @Test
    void nothingIsBegunThatCannotEndWell() {
        move(7);
        node.silent = 2;
        move(3);
        move(0);
        node.silent = 0;
        refusal = Optional.of("gateways have no right");
        move(3);
        assertThat(answers)
                .containsExactly(
                        "FAILED_PRECONDITION: etcdserver: bad leader transferee",
                        "UNAVAILABLE: etcdserver: unhealthy cluster",
                        "UNAVAILABLE: etcdserver: unhealthy cluster",
                        "PERMISSION_DENIED: etcdserver: gateways have no right");
        assertThat(node.wanted).isEmpty();
    }

    @Test
    void whoIsSilentBehindTheHeirIsInNobodysWay() {
        node.silent = 0;
        move(3);
        assertThat(node.wanted).containsExactly(new ReplicaId(3));
    }

    @Test
    void noMoreWaitThanMay() {
        for (int i = 0; i <= LeaderMoves.MAX_WAITING; i++) {
            move(2);
        }
        assertThat(answers)
                .containsExactly(EtcdError.TOO_MANY_REQUESTS.exception().getMessage());
        assertThat(moves.waiting()).isEqualTo(LeaderMoves.MAX_WAITING);
        node.primary = new ReplicaId(2);
        lookAgain();
        assertThat(moves.waiting()).isZero();
        node.primary = SELF;
        node.full = true;
        move(2);
        assertThat(answers)
                .last()
                .isEqualTo(EtcdError.TOO_MANY_REQUESTS.exception().getMessage());
        assertThat(moves.waiting()).isZero();
    }
}
