package dev.cairn.protocol.quorum;

import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The arithmetic of Byzantine quorums for n replicas, of which f = ⌊(n−1)/3⌋ may lie. Any two quorums share at least
 * f+1 replicas, so at least one honest one; a weak quorum holds at least one honest replica; a quorum exists without
 * the f faulty.
 */
public record QuorumSystem(int n) {
    public QuorumSystem {
        if (n < 1) {
            throw new IllegalArgumentException("a cluster has at least one replica, not " + n);
        }
    }

    /** How many replicas may be Byzantine. */
    public int f() {
        return (n - 1) / 3;
    }

    /** ⌈(n+f+1)/2⌉; 2f+1 when n = 3f+1. */
    public int quorum() {
        return (n + f() + 2) / 2;
    }

    /** f+1. */
    public int weakQuorum() {
        return f() + 1;
    }

    public ReplicaId primary(View view) {
        return new ReplicaId((int) (view.number() % n));
    }

    public boolean isMember(ReplicaId replica) {
        return replica.index() < n;
    }

    public List<ReplicaId> members() {
        return IntStream.range(0, n).mapToObj(ReplicaId::new).toList();
    }
}
