package dev.cairn.server.etcd;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.ReplicaId;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The cluster as etcd clients name it. Ids follow from the chain id alone: the same on every replica, after every
 * restart, never zero.
 */
public record ClusterIdentity(Digest chainId, ReplicaId self, List<Member> members) {
    public ClusterIdentity {
        members = List.copyOf(members);
    }

    /** One replica's name and addresses, as URLs. */
    public record Member(String name, List<String> peerUrls, List<String> clientUrls) {
        public Member {
            peerUrls = List.copyOf(peerUrls);
            clientUrls = List.copyOf(clientUrls);
        }
    }

    public long clusterId() {
        return chainId.a() == 0 ? 1 : chainId.a();
    }

    public long memberId() {
        return memberId(self);
    }

    public long memberId(ReplicaId replica) {
        byte[] preimage = new ByteWriter(48)
                .putByte((byte) 'm')
                .putDigest(chainId)
                .putInt(replica.index())
                .toArray();
        long id = Hashing.sha256(preimage).a();
        return id == 0 ? 1 : id;
    }

    public List<Long> memberIds() {
        return IntStream.range(0, members.size())
                .mapToObj(index -> memberId(new ReplicaId(index)))
                .toList();
    }
}
