package dev.cairn.simulator;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the proof of safety rests on. When one of these breaks, two blocks at one height are only a matter of time and of
 * luck, so a fault in the protocol shows long before it does harm.
 */
final class LemmaInvariants {
    private LemmaInvariants() {}

    private static Stream<QuorumCertificate> certificatesIn(LogRecord entry) {
        return switch (entry) {
            case LogRecord.PreparedCertificate r -> Stream.of(r.certificate());
            case LogRecord.CommittedBlock r -> Stream.of(r.proof());
            case LogRecord.SentViewChange r -> certificatesIn(r.viewChange());
            case LogRecord.AcceptedNewView r ->
                r.newView().viewChanges().stream().flatMap(LemmaInvariants::certificatesIn);
            case LogRecord.BlockBody _, LogRecord.ProposedSlot _, LogRecord.CastVote _ -> Stream.of();
            case LogRecord.StableCheckpoint _, LogRecord.Misconduct _ -> Stream.of();
            case LogRecord.SnapshotInstalled r -> Stream.of(r.proof());
        };
    }

    private static Stream<QuorumCertificate> certificatesIn(Message.ViewChange change) {
        return Stream.concat(change.prepared().stream(), change.committed().stream());
    }

    /** All blocks that are certified in one view lie on one chain. */
    static final class OneChainPerView extends Invariant {
        private final Map<Digest, Digest> parents = new HashMap<>();
        private final Map<View, NavigableMap<Height, Digest>> certified = new HashMap<>();

        @Override
        public void onSeen(Header header) {
            parents.put(header.digest(), header.parent());
        }

        @Override
        public void onDurable(ReplicaId replica, LogRecord entry) {
            if (entry instanceof LogRecord.BlockBody body) {
                onSeen(body.block().header());
            }
            certificatesIn(entry).forEach(certificate -> note(replica, certificate.ballot()));
        }

        private void note(ReplicaId replica, Ballot ballot) {
            NavigableMap<Height, Digest> chain = certified.computeIfAbsent(ballot.view(), _ -> new TreeMap<>());
            Digest known = chain.put(ballot.height(), ballot.block());
            if (ballot.block().equals(known)) {
                return;
            }
            require(known == null, "%s knows %s beside another of that view and height", replica, ballot);
            Optional.ofNullable(chain.lowerEntry(ballot.height()))
                    .ifPresent(below -> requireChain(ballot, below.getKey(), below.getValue()));
            Optional.ofNullable(chain.higherEntry(ballot.height()))
                    .ifPresent(above -> requireChain(
                            new Ballot(ballot.epoch(), ballot.view(), above.getKey(), above.getValue()),
                            ballot.height(),
                            ballot.block()));
        }

        private void requireChain(Ballot upper, Height height, Digest lower) {
            Digest at = upper.block();
            for (long h = upper.height().value(); h > height.value(); h--) {
                Digest parent = parents.get(at);
                if (parent == null) {
                    return; // nobody has shown its header yet
                }
                at = parent;
            }
            require(at.equals(lower), "%s is certified, and at %s %s is, on another chain", upper, height, lower);
        }
    }

    /** Whatever has a commit certificate in a lower view is at or below the tip from which a view goes on. */
    static final class TipCoversCommits extends Invariant {
        private final NavigableMap<View, Ballot> greatestCommit = new TreeMap<>();
        private final NavigableMap<View, Optional<Ballot>> lowestTip = new TreeMap<>();

        @Override
        public void onDurable(ReplicaId replica, LogRecord entry) {
            if (entry instanceof LogRecord.CommittedBlock committed) {
                onCommit(committed.proof().ballot());
            } else if (entry instanceof LogRecord.SnapshotInstalled installed) {
                onCommit(installed.proof().ballot());
            } else if (entry instanceof LogRecord.AcceptedNewView accepted) {
                onTip(accepted.newView());
            }
        }

        private void onCommit(Ballot ballot) {
            greatestCommit.merge(ballot.view(), ballot, (a, b) -> a.height().isAbove(b.height()) ? a : b);
            lowestTip.tailMap(ballot.view(), false).forEach((view, tip) -> requireCovered(view, tip, ballot));
        }

        private void onTip(Message.NewView newView) {
            Optional<Ballot> tip = newView.viewChanges().stream()
                    .flatMap(LemmaInvariants::certificatesIn)
                    .map(QuorumCertificate::ballot)
                    .max(Ballot.BY_VIEW_THEN_HEIGHT);
            lowestTip.merge(newView.view(), tip, (a, b) -> isCovered(a, b) ? b : a);
            greatestCommit
                    .headMap(newView.view(), false)
                    .forEach((_, ballot) -> requireCovered(newView.view(), tip, ballot));
        }

        private void requireCovered(View view, Optional<Ballot> tip, Ballot commit) {
            require(isCovered(tip, Optional.of(commit)), "%s goes on from %s, but %s is committed", view, tip, commit);
        }

        /** Whether {@code tip} ranks at or above {@code other}; nothing is genesis. */
        private static boolean isCovered(Optional<Ballot> tip, Optional<Ballot> other) {
            return other.isEmpty()
                    || (tip.isPresent() && Ballot.BY_VIEW_THEN_HEIGHT.compare(tip.get(), other.get()) >= 0);
        }
    }

    /** A view is entered by the VIEW-CHANGEs of a quorum of different replicas, each for it and with lower certificates. */
    static final class EnteredByQuorum extends Invariant {
        private final int quorum;

        EnteredByQuorum(int replicas) {
            this.quorum = replicas - (replicas - 1) / 3;
        }

        @Override
        public void onDurable(ReplicaId replica, LogRecord entry) {
            if (entry instanceof LogRecord.AcceptedNewView accepted) {
                View view = accepted.newView().view();
                List<Message.ViewChange> changes = accepted.newView().viewChanges();
                long senders = changes.stream()
                        .map(Message.ViewChange::sender)
                        .distinct()
                        .count();
                require(senders >= quorum, "%s enters %s by %s replicas, not %s", replica, view, senders, quorum);
                boolean allFor = changes.stream().allMatch(change -> isFor(view, change));
                require(allFor, "%s enters %s by what is not for it", replica, view);
            }
        }

        private static boolean isFor(View view, Message.ViewChange change) {
            return change.target().equals(view)
                    && certificatesIn(change).allMatch(certificate -> view.isAfter(certificate.view()));
        }
    }
}
