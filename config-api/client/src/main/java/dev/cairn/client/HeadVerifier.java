package dev.cairn.client;

import dev.cairn.codec.Ed25519;
import dev.cairn.codec.Ed25519Authenticator;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.protocol.quorum.QuorumSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides whether a header belongs to the pinned chain. Pure; cheap checks come before signatures. Thread-safe. */
public final class HeadVerifier {
    /** Far from overflow. */
    private static final long MAX_HEIGHT = 1L << 62;

    private final Header genesis;
    private final QuorumSystem quorums;
    private final Ed25519Authenticator authenticator;

    /** Refuses, by {@link IllegalArgumentException}, a document that gives a replica no valid key. */
    public HeadVerifier(Pin pin) {
        this.genesis = pin.genesis().block().header();
        this.quorums = pin.genesis().membership().quorums();
        this.authenticator = new Ed25519Authenticator(Ed25519.fastest(), pin.genesis());
    }

    /**
     * The offered head, if it is certified and {@code base} is its ancestor or itself.
     *
     * @throws RefusedException if anything about it is not so; {@code base} stays what it was
     */
    public TrustedHead verify(TrustedHead base, OfferedHead offered) throws RefusedException {
        if (offered.isSame()) {
            return base;
        }
        Header header = decodeHeader(offered.header());
        requireOurs(header);
        if (base.height().isAbove(header.height())) {
            throw new RefusedException(new Refusal.Rollback(header.height(), base.height()));
        }
        if (header.equals(genesis)) {
            return base;
        }
        QuorumCertificate certificate = certified(header, offered.certificate());
        if (header.height().equals(base.height())) {
            requireSame(base, header, certificate);
            return new TrustedHead(header, base.history(), Optional.of(certificate));
        }
        return new TrustedHead(header, history(base, header, offered.history()), Optional.of(certificate));
    }

    /** A head that was verified once and has been kept where others may have written. */
    TrustedHead restore(TrustedHead genesisHead, SavedHead saved) throws RefusedException {
        Header header = header(saved.header());
        if (header.equals(genesis)) {
            return genesisHead;
        }
        QuorumCertificate certificate = certified(header, saved.certificate());
        List<Digest> peaks = new ArrayList<>();
        for (int at = 0; at < saved.peaks().size(); at += Digest.BYTES) {
            peaks.add(Digest.read(saved.peaks().shared(), at));
        }
        try {
            return new TrustedHead(
                    header, new MerkleFrontier(header.height().value(), peaks), Optional.of(certificate));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(new Refusal.Malformed("history", String.valueOf(e.getMessage())));
        }
    }

    /** Whether the block's requests are those that its header names, each with its client's signature. */
    boolean isSigned(Block block) {
        return authenticator.verify(new Message.Body(block)).isPresent();
    }

    /** Whether the accused has signed both statements. */
    boolean isProof(Evidence evidence) {
        return authenticator.isProof(evidence);
    }

    /** Whether a quorum answered a round of readers, {@code nonce}'s among them if there is one. */
    boolean isValid(Testimony testimony, Optional<Digest> nonce) {
        Digest challenge = nonce.orElse(testimony.challenges().getFirst());
        return authenticator.isValidTestimony(testimony, challenge);
    }

    /** A header whose bytes are canonical, of the pinned chain and under the rules that this client knows. */
    Header header(Bytes bytes) throws RefusedException {
        Header header = decodeHeader(bytes);
        requireOurs(header);
        return header;
    }

    private static Header decodeHeader(Bytes bytes) throws RefusedException {
        try {
            Header header = Header.decode(bytes.shared());
            if (header.height().value() > MAX_HEIGHT) {
                throw new IllegalArgumentException("its height is out of bounds");
            }
            return header;
        } catch (IllegalArgumentException e) {
            throw new RefusedException(new Refusal.Malformed("header", String.valueOf(e.getMessage())));
        }
    }

    private void requireOurs(Header header) throws RefusedException {
        if (!header.chainId().equals(genesis.chainId())) {
            throw new RefusedException(new Refusal.ForeignChain(header.chainId(), genesis.chainId()));
        }
        requireKnown(header, header.formatVersion() == genesis.formatVersion(), "of another format");
        requireKnown(header, header.epoch().equals(genesis.epoch()), "of a later set of replicas");
        requireKnown(header, header.validators().equals(genesis.validators()), "of another set of replicas");
        requireKnown(
                header, header.nextValidators().equals(genesis.validators()), "followed by another set of replicas");
        requireKnown(header, header.parameters().equals(genesis.parameters()), "under other parameters");
    }

    private static void requireKnown(Header header, boolean known, String otherwise) throws RefusedException {
        if (!known) {
            throw new RefusedException(new Refusal.UnknownRules(header.epoch(), otherwise));
        }
    }

    /** That a quorum committed a header, which is one of {@link #header}'s: not how new it is, nor what it leads on from. */
    QuorumCertificate certified(Header header, Bytes bytes) throws RefusedException {
        QuorumCertificate certificate;
        try {
            certificate = QuorumCertificate.decode(bytes.shared());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(new Refusal.Malformed("certificate", String.valueOf(e.getMessage())));
        }
        Optional<CertificateFault> fault = CertificateFault.of(certificate, header, quorums);
        if (fault.isEmpty() && !authenticator.isValidCertificate(certificate, Phase.COMMIT)) {
            fault = Optional.of(CertificateFault.BAD_SIGNATURE);
        }
        if (fault.isPresent()) {
            throw new RefusedException(new Refusal.NotCertified(fault.get()));
        }
        return certificate;
    }

    private static void requireSame(TrustedHead base, Header header, QuorumCertificate certificate)
            throws RefusedException {
        if (header.equals(base.header())) {
            return;
        }
        Optional<QuorumCertificate> held = base.certificate();
        throw new RefusedException(
                held.isPresent()
                        ? new Refusal.Forked(new ForkEvidence(base.header(), held.get(), header, certificate))
                        : new Refusal.NotADescendant(base.height(), header.height()));
    }

    /** The tree that begins with the base's and has the root that the header names. */
    private static MerkleFrontier history(TrustedHead base, Header header, Bytes fill) throws RefusedException {
        Height height = header.height();
        MerkleFrontier history = fill(base.historyWithThis(), height.value(), fill);
        if (!history.root().equals(header.historyRoot())) {
            throw new RefusedException(new Refusal.NotADescendant(base.height(), height));
        }
        return history;
    }

    /** {@code tree} with the subtrees that fill it up to {@code size} leaves: exactly those, no more and no fewer. */
    static MerkleFrontier fill(MerkleFrontier tree, long size, Bytes fill) throws RefusedException {
        MerkleFrontier filled = tree;
        int at = 0;
        while (filled.size() < size && at + Digest.BYTES <= fill.size()) {
            int levels = MerkleFrontier.nextLevels(filled.size(), size);
            filled = filled.appendSubtree(levels, Digest.read(fill.shared(), at));
            at += Digest.BYTES;
        }
        if (filled.size() != size || at != fill.size()) {
            throw new RefusedException(new Refusal.Malformed(
                    "history", fill.size() + " bytes do not lead from " + tree.size() + " headers to " + size));
        }
        return filled;
    }
}
