package dev.cairn.protocol.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The canonical bytes of a certificate: alone, or inside signed content. */
final class Certificates {
    private static final int SIGNATURE_BYTES = 64;
    private static final int FIXED_BYTES = 1 + 3 * 8 + Digest.BYTES + 4;
    private static final int VOTE_BYTES = 4 + 4 + SIGNATURE_BYTES;

    private Certificates() {}

    static void write(ByteWriter out, Optional<QuorumCertificate> certificate) {
        out.putByte(certificate.isPresent() ? 1 : 0);
        certificate.ifPresent(c -> write(out, c));
    }

    static void write(ByteWriter out, QuorumCertificate certificate) {
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

    /** The inverse of {@link #write}; an {@link IllegalArgumentException} says what else the bytes are. */
    static QuorumCertificate read(byte[] bytes) {
        if (bytes.length < FIXED_BYTES || (bytes.length - FIXED_BYTES) % VOTE_BYTES != 0) {
            throw new IllegalArgumentException(bytes.length + " bytes are no certificate");
        }
        int votes = (bytes.length - FIXED_BYTES) / VOTE_BYTES;
        if (BigEndian.getInt(bytes, FIXED_BYTES - 4) != votes) {
            throw new IllegalArgumentException("a certificate's votes are not as many as it says");
        }
        Ballot ballot = new Ballot(
                new Epoch(BigEndian.getLong(bytes, 1)),
                new View(BigEndian.getLong(bytes, 9)),
                new Height(BigEndian.getLong(bytes, 17)),
                Digest.read(bytes, 25));
        List<QuorumCertificate.Signed> signed = new ArrayList<>(votes);
        for (int at = FIXED_BYTES; at < bytes.length; at += VOTE_BYTES) {
            signed.add(vote(bytes, at));
        }
        return new QuorumCertificate(phase(bytes[0]), ballot, signed);
    }

    private static QuorumCertificate.Signed vote(byte[] bytes, int at) {
        if (BigEndian.getInt(bytes, at + 4) != SIGNATURE_BYTES) {
            throw new IllegalArgumentException("a signature has " + SIGNATURE_BYTES + " bytes");
        }
        byte[] signature = Arrays.copyOfRange(bytes, at + 8, at + VOTE_BYTES);
        return new QuorumCertificate.Signed(
                new ReplicaId(BigEndian.getInt(bytes, at)), new Signature(Bytes.wrap(signature)));
    }

    private static Phase phase(byte number) {
        for (Phase phase : Phase.values()) {
            if (phase.kind().number() == number) {
                return phase;
            }
        }
        throw new IllegalArgumentException("a certificate of no known phase");
    }
}
