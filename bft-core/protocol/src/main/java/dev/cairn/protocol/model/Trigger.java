package dev.cairn.protocol.model;

import java.util.List;
import java.util.Optional;

/** Why replicas may leave a view: nobody but its own primary can end one alone. */
public sealed interface Trigger {

    /** "We want another primary": f+1 different replicas, so an honest one among them. */
    record Suspicion(List<Message.Suspect> suspects) implements Trigger {
        public Suspicion {
            suspects = List.copyOf(suspects);
        }
    }

    /**
     * "I, the primary of {@code view}, hand over." Signed by that primary; nobody else's signature counts.
     *
     * @param heir who is to become primary: another member. Advice to the primaries in between; nothing is safe by it
     * @param office a commit certificate of {@code view}: the view has really begun, so nobody can resign views that
     *     are still ahead. Not needed for the first view, in which everybody begins
     */
    record Resignation(Epoch epoch, View view, ReplicaId heir, Optional<QuorumCertificate> office, Signature signature)
            implements Trigger {

        /** What the primary signs. */
        public static Statement statement(Digest chainId, Epoch epoch, View view, ReplicaId heir) {
            Digest content = Hashing.sha256(new ByteWriter(8)
                    .putByte(Hashing.TAG_RESIGNATION)
                    .putByte(Hashing.SUITE)
                    .putInt(heir.index())
                    .toArray());
            return new Statement(Statement.Kind.RESIGNATION, chainId, epoch, view, Height.GENESIS, content);
        }
    }
}
