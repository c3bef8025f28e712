package dev.cairn.simulator;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.Transition;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What must hold of the VIEW-CHANGE with which an honest replica leaves a view. */
final class DepartureInvariants {
    private DepartureInvariants() {}

    /** If for suspicion: f+1 different replicas, so an honest one among them, have signed it of the view before the target. */
    static final class LeftOnSuspicion extends Invariant {
        private final Digest chainId;
        private final int faulty;

        LeftOnSuspicion(Genesis genesis) {
            this.chainId = genesis.chainId();
            this.faulty = (genesis.membership().voteKeys().size() - 1) / 3;
        }

        @Override
        public void onDurable(ReplicaId replica, LogRecord entry) {
            if (entry instanceof LogRecord.SentViewChange(Message.ViewChange change)
                    && change.trigger() instanceof Trigger.Suspicion why) {
                long suspecting = why.suspects().stream()
                        .filter(suspect -> suspect.view().next().equals(change.target()) && isSigned(suspect))
                        .map(Message.Suspect::sender)
                        .distinct()
                        .count();
                require(
                        suspecting > faulty,
                        "%s leaves for %s on the suspicion of %s alone",
                        replica,
                        change.target(),
                        suspecting);
            }
        }

        private boolean isSigned(Message.Suspect suspect) {
            Statement statement = new Statement(
                    Statement.Kind.SUSPECT, chainId, suspect.epoch(), suspect.view(), Height.GENESIS, Digest.ZERO);
            return SimCrypto.sign(suspect.sender(), statement).equals(suspect.signature());
        }
    }

    /**
     * If for a resignation: the primary of the view before the target has signed it, in favour of another member, and a
     * quorum has committed something in that view, or it is the first.
     */
    static final class LeftOnResignation extends Invariant {
        private final Digest chainId;
        private final int replicas;

        LeftOnResignation(Genesis genesis) {
            this.chainId = genesis.chainId();
            this.replicas = genesis.membership().voteKeys().size();
        }

        @Override
        public void onDurable(ReplicaId replica, LogRecord entry) {
            if (entry instanceof LogRecord.SentViewChange(Message.ViewChange change)
                    && change.trigger() instanceof Trigger.Resignation why) {
                ReplicaId primary = new ReplicaId((int) (why.view().number() % replicas));
                Statement statement = Trigger.Resignation.statement(chainId, why.epoch(), why.view(), why.heir());
                boolean isNext = why.view().number() + 1 == change.target().number();
                boolean isSigned = SimCrypto.sign(primary, statement).equals(why.signature());
                boolean isAnother = why.heir().index() < replicas && !why.heir().equals(primary);
                require(
                        isNext && isSigned && isAnother && wasInOffice(why),
                        "%s leaves for %s because %s",
                        replica,
                        change.target(),
                        why);
            }
        }

        private boolean wasInOffice(Trigger.Resignation why) {
            return why.office()
                    .map(proof -> isOf(why.view(), proof))
                    .orElse(why.view().number() == 0);
        }

        private boolean isOf(View view, QuorumCertificate proof) {
            Statement statement = Statement.of(Statement.Kind.COMMIT, chainId, proof.ballot());
            long voters = proof.votes().stream()
                    .filter(vote -> SimCrypto.sign(vote.voter(), statement).equals(vote.signature()))
                    .map(QuorumCertificate.Signed::voter)
                    .distinct()
                    .count();
            return proof.view().equals(view) && voters >= replicas - (replicas - 1) / 3;
        }
    }

    /** A primary hands over only after its time in office, whoever asks how often. */
    static final class ServedItsTerm extends Invariant {
        private final int officeTicks;

        ServedItsTerm(Timeouts timeouts) {
            this.officeTicks = timeouts.officeTicks();
        }

        @Override
        public void onTransition(ReplicaId replica, Transition transition) {
            if (transition instanceof Transition.Resigned resigned) {
                require(
                        resigned.servedTicks() >= officeTicks,
                        "%s hands over in %s after %s ticks",
                        replica,
                        resigned.view(),
                        resigned.servedTicks());
            }
        }
    }

    /**
     * It reports the greatest prepare certificate that the replica has ever written down, and a certificate not below the
     * one by which its head became final.
     */
    static final class NothingLeftOut extends Invariant {
        private final Map<ReplicaId, Ballot> prepared = new HashMap<>();
        private final Map<ReplicaId, Ballot> headProof = new HashMap<>();

        @Override
        public void onDurable(ReplicaId replica, LogRecord entry) {
            switch (entry) {
                case LogRecord.PreparedCertificate r ->
                    prepared.merge(replica, r.certificate().ballot(), (a, b) -> ranksAtLeast(a, b) ? a : b);
                case LogRecord.CommittedBlock r ->
                    headProof.put(replica, r.proof().ballot());
                case LogRecord.SnapshotInstalled r ->
                    headProof.put(replica, r.proof().ballot());
                case LogRecord.SentViewChange r -> judge(replica, r.viewChange());
                case LogRecord.BlockBody _, LogRecord.ProposedSlot _, LogRecord.CastVote _ -> {}
                case LogRecord.AcceptedNewView _, LogRecord.StableCheckpoint _, LogRecord.Misconduct _ -> {}
            }
        }

        private void judge(ReplicaId replica, Message.ViewChange change) {
            requireCovered(replica, change, prepared.get(replica), change.prepared());
            requireCovered(replica, change, headProof.get(replica), change.committed());
        }

        private void requireCovered(
                ReplicaId replica,
                Message.ViewChange change,
                @Nullable Ballot held,
                Optional<QuorumCertificate> reported) {
            require(
                    held == null
                            || reported.filter(c -> ranksAtLeast(c.ballot(), held))
                                    .isPresent(),
                    "%s leaves for %s, holds a certificate for %s and reports %s",
                    replica,
                    change.target(),
                    held,
                    reported);
        }

        private static boolean ranksAtLeast(Ballot one, Ballot other) {
            return Ballot.BY_VIEW_THEN_HEIGHT.compare(one, other) >= 0;
        }
    }
}
