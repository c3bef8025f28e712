package dev.cairn.server.etcd;

import dev.cairn.proto.etcdserverpb.MoveLeaderRequest;
import dev.cairn.proto.etcdserverpb.MoveLeaderResponse;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.server.Consensus;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * etcd's MoveLeader: the primary is asked to hand over, and the call is answered when the one that was named has come into
 * office, or {@link #PATIENCE_MILLIS} later with an error. Then it may have gone half the way, which a new call ends.
 */
public final class LeaderMoves {
    static final int MAX_WAITING = 64;
    static final long PATIENCE_MILLIS = 10_000;
    static final long LOOK_MILLIS = 10;

    private static final long SILENT_TICKS = 1000 / Timeouts.TICK_MILLIS;

    private final Consensus consensus;
    private final Supplier<Optional<String>> refusal;
    private final ClusterIdentity cluster;
    private final KeepAlives.Timer timer;
    private final AtomicInteger waiting = new AtomicInteger();

    /** @param refusal why nobody may have the primary changed now; nothing if they may */
    public LeaderMoves(
            Consensus consensus, Supplier<Optional<String>> refusal, ClusterIdentity cluster, KeepAlives.Timer timer) {
        this.consensus = consensus;
        this.refusal = refusal;
        this.cluster = cluster;
        this.timer = timer;
    }

    /** Calls that wait for their replica to come into office. */
    public int waiting() {
        return waiting.get();
    }

    void answer(MoveLeaderRequest request, StreamObserver<MoveLeaderResponse> observer) {
        ReplicaStatus now = consensus.status();
        int heir = cluster.memberIds().indexOf(request.getTargetID());
        Optional<String> refused = refusal.get();
        if (now.changing() || !now.primary().equals(cluster.self())) {
            observer.onError(EtcdError.NOT_LEADER.exception());
        } else if (heir < 0) {
            observer.onError(EtcdError.BAD_TRANSFEREE.exception());
        } else if (heir == cluster.self().index()) {
            succeed(observer);
        } else if (refused.isPresent()) {
            observer.onError(EtcdError.guarded(refused).asRuntimeException());
        } else if (!isWayOpen(now, heir)) {
            observer.onError(EtcdError.UNHEALTHY.exception());
        } else {
            move(new ReplicaId(heir), observer);
        }
    }

    /** Office goes round in one order: all up to the heir must have been heard from lately. */
    private boolean isWayOpen(ReplicaStatus now, int heir) {
        int n = cluster.members().size();
        int self = cluster.self().index();
        int steps = Math.floorMod(heir - self, n);
        return IntStream.rangeClosed(1, steps)
                .map(step -> (self + step) % n)
                .allMatch(index -> now.peers().stream()
                        .anyMatch(peer -> peer.id().index() == index && peer.silentTicks() <= SILENT_TICKS));
    }

    private void move(ReplicaId heir, StreamObserver<MoveLeaderResponse> observer) {
        if (waiting.incrementAndGet() > MAX_WAITING || !consensus.handOver(heir)) {
            waiting.decrementAndGet();
            observer.onError(EtcdError.TOO_MANY_REQUESTS.exception());
        } else {
            look(heir, observer, PATIENCE_MILLIS / LOOK_MILLIS);
        }
    }

    private void look(ReplicaId heir, StreamObserver<MoveLeaderResponse> observer, long looksLeft) {
        ReplicaStatus now = consensus.status();
        if (!now.changing() && now.primary().equals(heir)) {
            waiting.decrementAndGet();
            succeed(observer);
        } else if (looksLeft == 0) {
            waiting.decrementAndGet();
            observer.onError(EtcdError.TRANSFER_TIMEOUT.exception());
        } else {
            timer.after(LOOK_MILLIS, () -> look(heir, observer, looksLeft - 1));
        }
    }

    private static void succeed(StreamObserver<MoveLeaderResponse> observer) {
        observer.onNext(MoveLeaderResponse.getDefaultInstance());
        observer.onCompleted();
    }
}
