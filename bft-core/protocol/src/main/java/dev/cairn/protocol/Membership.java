package dev.cairn.protocol;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.quorum.QuorumSystem;
import java.util.List;

/** The replicas of one epoch and their public vote keys, in the order of their ids. */
public record Membership(Epoch epoch, List<Bytes> voteKeys) {
    public Membership {
        voteKeys = List.copyOf(voteKeys);
        if (voteKeys.stream().distinct().count() != voteKeys.size()) {
            throw new IllegalArgumentException("two members share one vote key");
        }
    }

    public QuorumSystem quorums() {
        return new QuorumSystem(voteKeys.size());
    }

    public Bytes voteKey(ReplicaId replica) {
        return voteKeys.get(replica.index());
    }

    /** The validator-set hash of the header. */
    public Digest digest() {
        ByteWriter out = new ByteWriter(64 * voteKeys.size())
                .putByte(Hashing.TAG_VALIDATORS)
                .putByte(Hashing.SUITE)
                .putInt(voteKeys.size());
        voteKeys.forEach(out::putBytes);
        return Hashing.sha256(out.toArray());
    }
}
