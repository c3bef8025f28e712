package dev.cairn.protocol.model;

import java.util.Optional;

/** The canonical bytes of a certificate inside signed content. */
final class Certificates {
    private Certificates() {}

    static void write(ByteWriter out, Optional<QuorumCertificate> certificate) {
        out.putByte(certificate.isPresent() ? 1 : 0);
        certificate.ifPresent(c -> write(out, c));
    }

    private static void write(ByteWriter out, QuorumCertificate certificate) {
        Ballot ballot = certificate.ballot();
        out.putByte(certificate.phase().kind().number())
                .putLong(ballot.epoch().number())
                .putLong(ballot.view().number())
                .putLong(ballot.height().value())
                .putDigest(ballot.block())
                .putInt(certificate.votes().size());
        for (QuorumCertificate.Signed signed : certificate.votes()) {
            out.putInt(signed.voter().index()).putBytes(signed.signature().bytes());
        }
    }
}
