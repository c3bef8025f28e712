package dev.cairn.simulator;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold of the statements that honest replicas sign and of the certificates made of them. */
final class VoteInvariants {
    private VoteInvariants() {}

    /**
     * Every certificate that an honest replica writes down or passes on holds a quorum of valid votes of distinct
     * replicas, and what is final is the block such a commit certificate names or an ancestor of it. Judged without the
     * code under test.
     */
    static final class CertificateSoundness extends Invariant {
        private final Genesis genesis;
        private final Map<Digest, Digest> parents = new HashMap<>();
        private final Set<QuorumCertificate> sound = Collections.newSetFromMap(new IdentityHashMap<>());

        CertificateSoundness(Genesis genesis) {
            this.genesis = genesis;
        }

        @Override
        public void onSeen(Header header) {
            parents.put(header.digest(), header.parent());
        }

        @Override
        public void onDecided(Decided decided) {
            QuorumCertificate proof = decided.proof();
            check(decided.replica(), proof, Phase.COMMIT);
            Digest at = proof.block();
            for (long h = proof.height().value(); h > decided.block().height().value(); h--) {
                at = parents.getOrDefault(at, Digest.ZERO);
            }
            require(
                    at.equals(decided.block().digest())
                            && !decided.block().height().isAbove(proof.height()),
                    "%s commits %s by %s, which does not lead to it",
                    decided.replica(),
                    decided.block(),
                    proof);
        }

        @Override
        public void onDurable(ReplicaId replica, LogRecord entry) {
            switch (entry) {
                case LogRecord.PreparedCertificate r -> check(replica, r.certificate(), Phase.PREPARE);
                case LogRecord.CommittedBlock r -> check(replica, r.proof(), Phase.COMMIT);
                case LogRecord.StableCheckpoint r -> check(replica, r.certificate(), Phase.CHECKPOINT);
                case LogRecord.SentViewChange r -> check(replica, r.viewChange());
                case LogRecord.AcceptedNewView r -> r.newView().viewChanges().forEach(change -> check(replica, change));
                case LogRecord.BlockBody r -> onSeen(r.block().header());
                case LogRecord.SnapshotInstalled r -> checkSnapshot(replica, r);
                case LogRecord.ProposedSlot _, LogRecord.CastVote _, LogRecord.Misconduct _ -> {}
            }
        }

        @Override
        public void onSent(ReplicaId from, Message message) {
            if (message instanceof Message.ViewChange change) {
                check(from, change);
            } else if (message instanceof Message.NewView newView) {
                newView.viewChanges().forEach(change -> check(from, change));
            } else if (message instanceof Message.Blocks blocks) {
                check(from, blocks.proof(), Phase.COMMIT);
            } else if (message instanceof Message.SnapshotOffer offer) {
                check(from, offer.proof(), Phase.COMMIT);
            }
        }

        /** What a replica goes on from is certified, and so is the history that it goes on with. */
        private void checkSnapshot(ReplicaId replica, LogRecord.SnapshotInstalled installed) {
            check(replica, installed.proof(), Phase.COMMIT);
            Digest at = installed.anchor().digest();
            for (Header header : installed.link()) {
                at = header.parent().equals(at) ? header.digest() : Digest.ZERO;
            }
            require(
                    at.equals(installed.proof().block()),
                    "%s goes on from the unproven %s",
                    replica,
                    installed.anchor());
            require(
                    installed.history().size() == installed.anchor().height().value()
                            && installed
                                    .history()
                                    .root()
                                    .equals(installed.anchor().header().historyRoot()),
                    "%s goes on from %s with another history",
                    replica,
                    installed.anchor());
        }

        private void check(ReplicaId replica, Message.ViewChange change) {
            change.prepared().ifPresent(c -> check(replica, c, Phase.PREPARE));
            change.committed().ifPresent(c -> check(replica, c, Phase.COMMIT));
        }

        private void check(ReplicaId replica, QuorumCertificate certificate, Phase phase) {
            if (certificate.phase() == phase && sound.contains(certificate)) {
                return;
            }
            require(isSound(certificate, phase), "%s relies on the unsound %s", replica, certificate);
            sound.add(certificate);
        }

        private boolean isSound(QuorumCertificate certificate, Phase phase) {
            int n = genesis.membership().voteKeys().size();
            Statement statement = Statement.of(phase.kind(), genesis.chainId(), certificate.ballot());
            long valid = certificate.votes().stream()
                    .filter(vote -> vote.voter().index() < n)
                    .filter(vote -> SimCrypto.sign(vote.voter(), statement).equals(vote.signature()))
                    .map(QuorumCertificate.Signed::voter)
                    .distinct()
                    .count();
            return certificate.phase() == phase && valid == certificate.votes().size() && valid >= n - (n - 1) / 3;
        }
    }

    /** An honest replica never signs two different statements of one kind for one view and height, crash or no crash. */
    static final class NoDoubleVote extends Invariant {
        private record Place(ReplicaId signer, String kind, View view, Height height) {}

        private final Map<Place, Digest> statements = new HashMap<>();

        @Override
        public void onSent(ReplicaId from, Message message) {
            switch (message) {
                case Vote m ->
                    note(
                            m.voter(),
                            m.phase().name(),
                            m.ballot().view(),
                            m.ballot().height(),
                            m.ballot().block());
                case Message.PrePrepare m -> {
                    if (m.primary().equals(from)) {
                        Block block = m.block();
                        note(from, "PRE_PREPARE", m.view(), block.height(), block.digest());
                    }
                }
                case Message.ViewChange m ->
                    note(m.sender(), "VIEW_CHANGE", m.target(), Height.GENESIS, m.contentDigest());
                case Message.NewView m -> {
                    if (m.primary().equals(from)) {
                        note(from, "NEW_VIEW", m.view(), Height.GENESIS, m.contentDigest());
                    }
                }
                case Message.Suspect _, Message.Status _, Message.Forward _, Message.FetchBlocks _ -> {}
                case Message.Blocks _, Message.FetchBody _, Message.Body _ -> {}
                case Message.ReadIndexQuery _, Message.ReadIndexAnswer _ -> {}
                case Message.WitnessQuery _, Message.WitnessAnswer _ -> {}
                case Message.FetchSnapshot _, Message.SnapshotOffer _, Message.FetchChunk _ -> {}
                case Message.Chunk _, Message.NoSnapshot _ -> {}
            }
        }

        private void note(ReplicaId signer, String kind, View view, Height height, Digest subject) {
            Digest first = statements.putIfAbsent(new Place(signer, kind, view, height), subject);
            require(
                    first == null || first.equals(subject),
                    "%s signs %s %s/%s for %s and for %s",
                    signer,
                    kind,
                    view,
                    height,
                    first,
                    subject);
        }
    }

    /** Once it has left for a view, in this life or an earlier one, a replica casts no new vote in a lower one. */
    static final class NoVoteInLeftView extends Invariant {
        private final Map<ReplicaId, View> leftFor = new HashMap<>();
        private final Map<ReplicaId, Set<Vote>> votes = new HashMap<>();

        @Override
        public void onSent(ReplicaId from, Message message) {
            if (message instanceof Message.ViewChange change && change.sender().equals(from)) {
                leftFor.merge(from, change.target(), (a, b) -> a.isAfter(b) ? a : b);
            } else if (message instanceof Vote vote && vote.phase() != Phase.CHECKPOINT) {
                boolean fresh = votes.computeIfAbsent(from, _ -> new java.util.HashSet<>())
                        .add(vote);
                @Nullable View left = leftFor.get(from);
                require(
                        !fresh || left == null || !left.isAfter(vote.ballot().view()),
                        "%s has left for %s and casts %s",
                        from,
                        left,
                        vote);
            }
        }
    }

    /** Evidence bears its culprit's signatures, and never an honest replica's: honest code signs nothing twice. */
    static final class SoundAccusations extends Invariant {
        private final Digest chainId;

        SoundAccusations(Genesis genesis) {
            this.chainId = genesis.chainId();
        }

        @Override
        public void onAccused(ReplicaId accuser, Evidence evidence, boolean isFalse) {
            require(!isFalse, "%s accuses an honest replica: %s", accuser, evidence);
            require(
                    isSigned(evidence, evidence.first(), evidence.firstSignature())
                            && isSigned(evidence, evidence.second(), evidence.secondSignature()),
                    "%s has no proof that %s",
                    accuser,
                    evidence);
        }

        private boolean isSigned(Evidence evidence, Ballot ballot, Signature signature) {
            return SimCrypto.sign(evidence.culprit(), Statement.of(evidence.kind(), chainId, ballot))
                    .equals(signature);
        }
    }
}
