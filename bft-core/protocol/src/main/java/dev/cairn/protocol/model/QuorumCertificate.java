package dev.cairn.protocol.model;

import java.util.List;

/**
 * Votes of one phase for one ballot. Transferable: whoever knows the members' keys can check it. The type does not
 * promise that the votes are valid or enough; an {@code Authenticator} does.
 */
public record QuorumCertificate(Phase phase, Ballot ballot, List<Signed> votes) {

    /** One member's signature on the certificate's statement. */
    public record Signed(ReplicaId voter, Signature signature) {}

    public QuorumCertificate {
        votes = List.copyOf(votes);
    }

    /** The canonical bytes, the same as inside signed content. Not an identifier: one ballot has many certificates. */
    public byte[] encode() {
        ByteWriter out = new ByteWriter(64 + 72 * votes.size());
        Certificates.write(out, this);
        return out.toArray();
    }

    /**
     * The inverse of {@link #encode}, for certificates of 64-byte signatures. Anything but exactly the canonical bytes is
     * refused by an {@link IllegalArgumentException}.
     */
    public static QuorumCertificate decode(byte[] bytes) {
        return Certificates.read(bytes);
    }

    public View view() {
        return ballot.view();
    }

    public Height height() {
        return ballot.height();
    }

    public Digest block() {
        return ballot.block();
    }

    @Override
    public String toString() {
        return phase + "(" + ballot + " by " + votes.size() + ")";
    }
}
