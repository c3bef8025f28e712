package dev.cairn.chaos.exhaustive;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Adds what a replica does to its past, and judges on the way what one replica alone can do wrong. */
final class Chronicle {
    private final SmallWorld world;
    private final ReplicaId self;

    Chronicle(SmallWorld world, ReplicaId self) {
        this.world = world;
        this.self = self;
    }

    /** Whether the effect can add to a past at all. */
    static boolean tells(Effect effect) {
        return effect instanceof Effect.Broadcast
                || effect instanceof Effect.Persist
                || effect instanceof Effect.Commit
                || effect instanceof Effect.Halt;
    }

    Past after(Past past, List<Effect> effects) {
        Past now = past;
        for (Effect effect : effects) {
            now = after(now, effect);
        }
        return now;
    }

    private Past after(Past past, Effect effect) {
        if (effect instanceof Effect.Broadcast(Message.PrePrepare m)) {
            return onProposal(past, m);
        } else if (effect instanceof Effect.Broadcast(Vote m)) {
            return onVote(past, m);
        } else if (effect instanceof Effect.Broadcast(Message.ViewChange m)) {
            return onViewChange(past, m);
        } else if (effect instanceof Effect.Broadcast(Message.NewView m)) {
            return onOpening(past, m);
        } else if (effect instanceof Effect.Persist(LogRecord.PreparedCertificate r)) {
            return onPrepared(past, r.certificate());
        } else if (effect instanceof Effect.Persist(LogRecord.AcceptedNewView r)) {
            return onEntered(past, r.newView());
        } else if (effect instanceof Effect.Commit e) {
            return onDecided(past, e.block(), e.proof());
        } else if (effect instanceof Effect.Halt e) {
            throw new Broken("NoHalt", self + " halts: " + e.reason());
        }
        return past;
    }

    private Past onProposal(Past past, Message.PrePrepare m) {
        OptionalInt block = world.numberOf(m.block());
        if (block.isEmpty()) {
            return past;
        }
        int ballot = SmallWorld.ballot((int) m.view().number(), block.getAsInt());
        return with(past, past.prepares(), past.commits(), said("PRE-PREPARE", past.proposals(), ballot));
    }

    private Past onVote(Past past, Vote vote) {
        OptionalInt ballot = world.numberOf(vote.ballot());
        if (ballot.isEmpty()) {
            return past;
        }
        int view = (int) vote.ballot().view().number();
        for (int higher = view + 1; higher < SmallWorld.MAX_VIEWS; higher++) {
            if (past.report(higher).isPresent() || past.hasEntered(higher)) {
                throw new Broken("NoVoteInLeftView", self + " has left for v" + higher + " and casts " + vote);
            }
        }
        return switch (vote.phase()) {
            case PREPARE ->
                with(past, said("PREPARE", past.prepares(), ballot.getAsInt()), past.commits(), past.proposals());
            case COMMIT ->
                with(past, past.prepares(), said("COMMIT", past.commits(), ballot.getAsInt()), past.proposals());
            case CHECKPOINT -> past;
        };
    }

    /** NoDoubleVote: one ballot for each kind, view and height. */
    private int said(String kind, int before, int ballot) {
        for (int block = 0; block < world.blocks.size(); block++) {
            int other = SmallWorld.ballot(SmallWorld.viewOf(ballot), block);
            boolean sameHeight = world.heightOf(block) == world.heightOf(SmallWorld.blockOf(ballot));
            if (other != ballot && sameHeight && SmallWorld.has(before, other)) {
                throw new Broken(
                        "NoDoubleVote",
                        self + " signs " + kind + " for " + world.ballotName(other) + " and "
                                + world.ballotName(ballot));
            }
        }
        return SmallWorld.plus(before, ballot);
    }

    private Past onViewChange(Past past, Message.ViewChange m) {
        int target = (int) m.target().number();
        if (target >= SmallWorld.MAX_VIEWS) {
            return past;
        }
        Report report = reportOf(m);
        if (past.report(target).filter(before -> !before.equals(report)).isPresent()) {
            throw new Broken("NoDoubleVote", self + " signs two VIEW-CHANGEs to v" + target);
        }
        List<Optional<Report>> reports = new ArrayList<>(past.reports());
        reports.set(target, Optional.of(report));
        return new Past(
                past.prepares(),
                past.commits(),
                past.proposals(),
                past.prepareCertificates(),
                past.commitCertificates(),
                past.decided(),
                past.uncovered(),
                past.entered(),
                List.copyOf(reports),
                past.openings());
    }

    private Past onOpening(Past past, Message.NewView m) {
        int view = (int) m.view().number();
        Opening opening = openingOf(m);
        if (past.opening(view).filter(before -> !before.equals(opening)).isPresent()) {
            throw new Broken("NoDoubleVote", self + " signs two NEW-VIEWs of v" + view);
        }
        List<Optional<Opening>> openings = new ArrayList<>(past.openings());
        openings.set(view, Optional.of(opening));
        return new Past(
                past.prepares(),
                past.commits(),
                past.proposals(),
                past.prepareCertificates(),
                past.commitCertificates(),
                past.decided(),
                past.uncovered(),
                past.entered(),
                past.reports(),
                List.copyOf(openings));
    }

    private Past onPrepared(Past past, QuorumCertificate certificate) {
        int ballot = soundBallotOf(certificate, Phase.PREPARE);
        return new Past(
                past.prepares(),
                past.commits(),
                past.proposals(),
                SmallWorld.plus(past.prepareCertificates(), ballot),
                past.commitCertificates(),
                past.decided(),
                past.uncovered(),
                past.entered(),
                past.reports(),
                past.openings());
    }

    private Past onDecided(Past past, Block block, QuorumCertificate proof) {
        int ballot = soundBallotOf(proof, Phase.COMMIT);
        int number = world.numberOf(block).orElseThrow();
        List<Block> path = world.pathTo(number);
        int before = 0;
        for (Block ancestor : path.subList(0, path.size() - 1)) {
            before = SmallWorld.plus(before, world.numberOf(ancestor).orElseThrow());
        }
        if (past.decided() != before) {
            throw new Broken("PrefixOrder", self + " commits " + world.name(number) + " out of order");
        }
        if (!world.pathTo(SmallWorld.blockOf(ballot)).contains(block)) {
            throw new Broken("CertificateSoundness", self + " commits " + world.name(number) + " by " + proof);
        }
        return new Past(
                past.prepares(),
                past.commits(),
                past.proposals(),
                past.prepareCertificates(),
                SmallWorld.plus(past.commitCertificates(), ballot),
                SmallWorld.plus(before, number),
                past.uncovered(),
                past.entered(),
                past.reports(),
                past.openings());
    }

    private Past onEntered(Past past, Message.NewView m) {
        int view = (int) m.view().number();
        return new Past(
                past.prepares(),
                past.commits(),
                past.proposals(),
                past.prepareCertificates(),
                past.commitCertificates(),
                past.decided(),
                past.uncovered() | outrankingTipOf(openingOf(m)),
                SmallWorld.plus(past.entered(), view),
                past.reports(),
                past.openings());
    }

    /** The ballots of lower views that are greater, by (view, height), than all that the NEW-VIEW tells of. */
    private int outrankingTipOf(Opening opening) {
        int tip = opening.reports()
                .flatMap(report -> Stream.of(report.prepared(), report.committed()))
                .mapToInt(this::rankOf)
                .max()
                .orElse(0);
        int outranking = 0;
        for (int view = 0; view < opening.view(); view++) {
            for (int block = 0; block < world.blocks.size(); block++) {
                int ballot = SmallWorld.ballot(view, block);
                outranking = rankOf(ballot) > tip ? SmallWorld.plus(outranking, ballot) : outranking;
            }
        }
        return outranking;
    }

    private int rankOf(int ballot) {
        return ballot == Report.NONE
                ? 0
                : SmallWorld.viewOf(ballot) * SmallWorld.MAX_BLOCKS + world.heightOf(SmallWorld.blockOf(ballot));
    }

    private Opening openingOf(Message.NewView m) {
        List<Report> honest = new ArrayList<>();
        List<Report> byzantine = new ArrayList<>();
        for (Message.ViewChange change : m.viewChanges()) {
            (change.sender().equals(world.byzantine) ? byzantine : honest).add(reportOf(change));
        }
        return new Opening((int) m.view().number(), honest, byzantine);
    }

    private Report reportOf(Message.ViewChange m) {
        return new Report(numberIn(m.prepared()), numberIn(m.committed()));
    }

    private int numberIn(Optional<QuorumCertificate> certificate) {
        return certificate.map(c -> world.numberOf(c.ballot()).orElseThrow()).orElse(Report.NONE);
    }

    /** A quorum of distinct members has signed it. Judged without the code under test. */
    private int soundBallotOf(QuorumCertificate certificate, Phase phase) {
        Statement statement = Statement.of(phase.kind(), world.genesis.chainId(), certificate.ballot());
        long signers = certificate.votes().stream()
                .filter(vote -> vote.signature().equals(ToyCrypto.sign(vote.voter(), statement)))
                .map(QuorumCertificate.Signed::voter)
                .distinct()
                .count();
        if (signers < SmallWorld.QUORUM || certificate.phase() != phase) {
            throw new Broken("CertificateSoundness", self + " relies on " + certificate + " as " + phase);
        }
        return world.numberOf(certificate.ballot()).orElseThrow();
    }

    private static Past with(Past past, int prepares, int commits, int proposals) {
        return new Past(
                prepares,
                commits,
                proposals,
                past.prepareCertificates(),
                past.commitCertificates(),
                past.decided(),
                past.uncovered(),
                past.entered(),
                past.reports(),
                past.openings());
    }
}
