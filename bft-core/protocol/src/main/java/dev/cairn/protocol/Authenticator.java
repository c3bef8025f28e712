package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import dev.cairn.protocol.model.Witness;
import dev.cairn.protocol.quorum.QuorumSystem;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides which messages are {@link Verified}. What must be signed by whom, and what a certificate needs, is decided
 * here, once, for the real replica and for the simulator; a subclass only checks one signature at a time. Pure and free
 * of shared state, so any thread may verify. Cheap checks come before signatures.
 */
public abstract class Authenticator {
    private final Digest chainId;
    private final Membership membership;
    private final QuorumSystem quorums;

    protected Authenticator(Digest chainId, Membership membership) {
        this.chainId = chainId;
        this.membership = membership;
        this.quorums = membership.quorums();
    }

    /** Whether {@code signature} is {@code signer}'s on {@code statement}. {@code signer} is a member. */
    protected abstract boolean isSigned(ReplicaId signer, Statement statement, Signature signature);

    /** Whether the request carries its client's signature. */
    protected abstract boolean isSigned(Request request);

    /** The message with the proof that it was checked, or nothing if any part of it is not what it claims to be. */
    public final <M extends Message> Optional<Verified<M>> verify(M message) {
        return isValid(message) ? Optional.of(new Verified<>(message)) : Optional.empty();
    }

    private boolean isValid(Message message) {
        return switch (message) {
            case Message.PrePrepare m -> isValidPrePrepare(m);
            case Vote m -> isValidVote(m);
            case Message.Suspect m -> isValidSuspect(m);
            case Message.ViewChange m -> isValidViewChange(m);
            case Message.NewView m -> isValidNewView(m);
            case Message.Forward m -> m.requests().stream().allMatch(this::isSigned);
            case Message.Blocks m -> isValidChain(m);
            case Message.Body m -> isValidBody(m.block());
            case Message.Status m -> m.epoch().equals(membership.epoch());
            case Message.FetchBlocks _, Message.FetchBody _ -> true;
            case Message.ReadIndexQuery _, Message.ReadIndexAnswer _, Message.WitnessQuery _ -> true;
            case Message.WitnessAnswer m -> isValidWitness(m.witness());
            case Message.SnapshotOffer m -> isValidOffer(m);
            // A chunk proves itself against the anchor's header, which costs too much here.
            case Message.FetchSnapshot _, Message.FetchChunk _, Message.Chunk _, Message.NoSnapshot _ -> true;
        };
    }

    private boolean isValidPrePrepare(Message.PrePrepare m) {
        return isOurs(m.block().header().epoch())
                && m.primary().equals(quorums.primary(m.view()))
                && isSigned(m.primary(), Statement.of(Statement.Kind.PRE_PREPARE, chainId, m.ballot()), m.signature())
                && isValidBody(m.block());
    }

    private boolean isValidBody(Block block) {
        return isOurBody(block) && block.requests().stream().allMatch(this::isSigned);
    }

    private boolean isOurBody(Block block) {
        return block.header().chainId().equals(chainId) && block.bodyMatchesHeader();
    }

    /** Hashes lead from block to block up to the certified one. The quorum that certified it checked all requests. */
    private boolean isValidChain(Message.Blocks m) {
        List<Header> headers = Stream.concat(m.blocks().stream().map(Block::header), m.link().stream())
                .toList();
        for (int i = 1; i < headers.size(); i++) {
            if (!headers.get(i).parent().equals(headers.get(i - 1).digest())) {
                return false;
            }
        }
        return !m.blocks().isEmpty()
                && headers.getLast().digest().equals(m.proof().block())
                && isValidCertificate(m.proof(), Phase.COMMIT)
                && m.blocks().stream().allMatch(this::isOurBody);
    }

    /** The anchor is certified, alone or by a descendant, and the history is the one its header names. */
    private boolean isValidOffer(Message.SnapshotOffer m) {
        Header anchor = m.anchor().header();
        QuorumCertificate proof = m.proof();
        return isOurs(anchor.epoch())
                && m.splits().size() <= Message.SnapshotOffer.MAX_SPLITS
                && m.history().size() == anchor.height().value()
                && m.history().root().equals(anchor.historyRoot())
                && leadsTo(proof, anchor, m.link())
                && isValidCertificate(proof, Phase.COMMIT)
                && isOurBody(m.anchor());
    }

    /** Hash by hash and height by height from {@code first} over {@code link} to the block that {@code proof} names. */
    private static boolean leadsTo(QuorumCertificate proof, Header first, List<Header> link) {
        Header last = first;
        for (Header next : link) {
            if (!next.parent().equals(last.digest())
                    || !next.height().equals(last.height().next())) {
                return false;
            }
            last = next;
        }
        return last.digest().equals(proof.block()) && last.height().equals(proof.height());
    }

    private boolean isValidVote(Vote vote) {
        return isOurs(vote.ballot().epoch())
                && quorums.isMember(vote.voter())
                && (vote.phase() != Phase.CHECKPOINT || vote.ballot().view().equals(View.ZERO))
                && isSigned(vote.voter(), Statement.of(vote.phase().kind(), chainId, vote.ballot()), vote.signature());
    }

    private boolean isValidSuspect(Message.Suspect m) {
        return isOurs(m.epoch())
                && quorums.isMember(m.sender())
                && isSigned(m.sender(), suspicion(chainId, m.epoch(), m.view()), m.signature());
    }

    private boolean isValidViewChange(Message.ViewChange m) {
        return isOurs(m.epoch())
                && quorums.isMember(m.sender())
                && isTriggered(m)
                && isBelow(m.target(), m.prepared())
                && isBelow(m.target(), m.committed())
                && isSigned(m.sender(), viewChange(chainId, m.epoch(), m.target(), m.contentDigest()), m.signature())
                && m.prepared().map(c -> isValidCertificate(c, Phase.PREPARE)).orElse(true)
                && m.committed().map(c -> isValidCertificate(c, Phase.COMMIT)).orElse(true);
    }

    private boolean isTriggered(Message.ViewChange m) {
        return switch (m.trigger()) {
            case Trigger.Suspicion why -> isSuspected(m.target(), why);
            case Trigger.Resignation why -> isResigned(m.target(), why);
        };
    }

    /** f+1 members suspect the view before the target. */
    private boolean isSuspected(View target, Trigger.Suspicion why) {
        BitSet seen = new BitSet();
        for (Message.Suspect suspect : why.suspects()) {
            if (!suspect.view().next().equals(target)
                    || seen.get(suspect.sender().index())) {
                return false;
            }
            seen.set(suspect.sender().index());
        }
        return seen.cardinality() >= quorums.weakQuorum()
                && why.suspects().stream().allMatch(this::isValidSuspect);
    }

    /** The primary of the view before the target, which was in office, hands over to another member. */
    private boolean isResigned(View target, Trigger.Resignation why) {
        ReplicaId primary = quorums.primary(why.view());
        return isOurs(why.epoch())
                && why.view().next().equals(target)
                && quorums.isMember(why.heir())
                && !why.heir().equals(primary)
                && isSigned(
                        primary,
                        Trigger.Resignation.statement(chainId, why.epoch(), why.view(), why.heir()),
                        why.signature())
                && wasInOffice(why);
    }

    private boolean wasInOffice(Trigger.Resignation why) {
        return why.office()
                .map(proof -> proof.view().equals(why.view()) && isValidCertificate(proof, Phase.COMMIT))
                .orElse(why.view().equals(View.ZERO));
    }

    private static boolean isBelow(View target, Optional<QuorumCertificate> certificate) {
        return certificate.map(c -> target.isAfter(c.view())).orElse(true);
    }

    private boolean isValidNewView(Message.NewView m) {
        return isOurs(m.epoch())
                && m.primary().equals(quorums.primary(m.view()))
                && m.viewChanges().size() == quorums.quorum()
                && areDistinct(
                        m.viewChanges().stream().map(Message.ViewChange::sender).toList())
                && m.viewChanges().stream()
                        .allMatch(c -> c.target().equals(m.view()) && c.epoch().equals(m.epoch()))
                && isSigned(m.primary(), newView(chainId, m.epoch(), m.view(), m.contentDigest()), m.signature())
                && m.viewChanges().stream().allMatch(this::isValidViewChange);
    }

    /** A quorum of distinct members signed the certificate's ballot in its phase. */
    public final boolean isValidCertificate(QuorumCertificate certificate, Phase phase) {
        Ballot ballot = certificate.ballot();
        if (certificate.phase() != phase
                || !isOurs(ballot.epoch())
                || certificate.votes().size() < quorums.quorum()
                || certificate.votes().size() > quorums.n()
                || !areDistinct(certificate.votes().stream()
                        .map(QuorumCertificate.Signed::voter)
                        .toList())) {
            return false;
        }
        Statement statement = Statement.of(phase.kind(), chainId, ballot);
        return certificate.votes().stream()
                .allMatch(
                        vote -> quorums.isMember(vote.voter()) && isSigned(vote.voter(), statement, vote.signature()));
    }

    private boolean isValidWitness(Witness witness) {
        return isOurs(witness.epoch())
                && quorums.isMember(witness.replica())
                && isSigned(witness.replica(), witness.statement(chainId), witness.signature());
    }

    /** A quorum of distinct members answered a round of readers of which {@code challenge}'s was one. */
    public final boolean isValidTestimony(Testimony testimony, Digest challenge) {
        List<Witness> witnesses = testimony.witnesses();
        Digest asked = Testimony.challengeOf(testimony.challenges());
        return testimony.challenges().contains(challenge)
                && witnesses.size() >= quorums.quorum()
                && witnesses.size() <= quorums.n()
                && areDistinct(witnesses.stream().map(Witness::replica).toList())
                && witnesses.stream().allMatch(witness -> witness.challenge().equals(asked))
                && witnesses.stream().allMatch(this::isValidWitness);
    }

    /** Whether a member really signed both statements. */
    public final boolean isProof(Evidence evidence) {
        return quorums.isMember(evidence.culprit())
                && isSigned(
                        evidence.culprit(),
                        Statement.of(evidence.kind(), chainId, evidence.first()),
                        evidence.firstSignature())
                && isSigned(
                        evidence.culprit(),
                        Statement.of(evidence.kind(), chainId, evidence.second()),
                        evidence.secondSignature());
    }

    private boolean isOurs(Epoch epoch) {
        return epoch.equals(membership.epoch());
    }

    private static boolean areDistinct(List<ReplicaId> replicas) {
        return replicas.stream().distinct().count() == replicas.size();
    }

    /** The statement of a SUSPECT. */
    static Statement suspicion(Digest chainId, Epoch epoch, View view) {
        return new Statement(Statement.Kind.SUSPECT, chainId, epoch, view, Height.GENESIS, Digest.ZERO);
    }

    /** The statement of a VIEW-CHANGE. */
    static Statement viewChange(Digest chainId, Epoch epoch, View target, Digest content) {
        return new Statement(Statement.Kind.VIEW_CHANGE, chainId, epoch, target, Height.GENESIS, content);
    }

    /** The statement of a NEW-VIEW. */
    static Statement newView(Digest chainId, Epoch epoch, View view, Digest content) {
        return new Statement(Statement.Kind.NEW_VIEW, chainId, epoch, view, Height.GENESIS, content);
    }
}
