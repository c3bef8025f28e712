package dev.cairn.codec;

import com.google.protobuf.ByteString;
import dev.cairn.proto.v1.BallotBody;
import dev.cairn.proto.v1.BlockBody;
import dev.cairn.proto.v1.Certificate;
import dev.cairn.proto.v1.CertificateVote;
import dev.cairn.proto.v1.HistoryRecord;
import dev.cairn.proto.v1.NewViewMessage;
import dev.cairn.proto.v1.PrePrepareMessage;
import dev.cairn.proto.v1.ResignationMessage;
import dev.cairn.proto.v1.SignedRequest;
import dev.cairn.proto.v1.SignedVote;
import dev.cairn.proto.v1.SuspectMessage;
import dev.cairn.proto.v1.ViewChangeMessage;
import dev.cairn.proto.v1.VotePhase;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.Vote;
import java.util.List;

/** The parts of messages and records as protobuf. */
final class Writing {
    private Writing() {}

    static VotePhase phase(Phase phase) {
        return switch (phase) {
            case PREPARE -> VotePhase.VOTE_PHASE_PREPARE;
            case COMMIT -> VotePhase.VOTE_PHASE_COMMIT;
            case CHECKPOINT -> VotePhase.VOTE_PHASE_CHECKPOINT;
        };
    }

    static BallotBody ballot(Ballot ballot) {
        return BallotBody.newBuilder()
                .setEpoch(ballot.epoch().number())
                .setView(ballot.view().number())
                .setHeight(ballot.height().value())
                .setBlock(RawBytes.wrap(ballot.block()))
                .build();
    }

    static SignedVote vote(Vote vote) {
        return SignedVote.newBuilder()
                .setPhase(phase(vote.phase()))
                .setBallot(ballot(vote.ballot()))
                .setVoter(vote.voter().index())
                .setSignature(RawBytes.wrap(vote.signature().bytes()))
                .build();
    }

    static Certificate certificate(QuorumCertificate certificate) {
        Certificate.Builder out =
                Certificate.newBuilder().setPhase(phase(certificate.phase())).setBallot(ballot(certificate.ballot()));
        for (QuorumCertificate.Signed signed : certificate.votes()) {
            out.addVotes(CertificateVote.newBuilder()
                    .setVoter(signed.voter().index())
                    .setSignature(RawBytes.wrap(signed.signature().bytes())));
        }
        return out.build();
    }

    static SignedRequest request(Request request) {
        return SignedRequest.newBuilder()
                .setClient(request.id().client().number())
                .setSession(request.id().session())
                .setSequence(request.id().sequence())
                .setOperations(RawBytes.wrap(request.operations()))
                .setSignature(RawBytes.wrap(request.signature().bytes()))
                .build();
    }

    static BlockBody block(Block block) {
        BlockBody.Builder out =
                BlockBody.newBuilder().setHeader(RawBytes.wrap(block.header().encode()));
        for (Request request : block.requests()) {
            out.addRequests(request(request));
        }
        return out.build();
    }

    static HistoryRecord history(MerkleFrontier history) {
        HistoryRecord.Builder out = HistoryRecord.newBuilder().setSize(history.size());
        history.peaks().forEach(peak -> out.addPeaks(RawBytes.wrap(peak)));
        return out.build();
    }

    static List<ByteString> headers(List<Header> headers) {
        return headers.stream().map(header -> RawBytes.wrap(header.encode())).toList();
    }

    static PrePrepareMessage prePrepare(Message.PrePrepare m) {
        return PrePrepareMessage.newBuilder()
                .setView(m.view().number())
                .setBlock(block(m.block()))
                .setPrimary(m.primary().index())
                .setSignature(RawBytes.wrap(m.signature().bytes()))
                .build();
    }

    static SuspectMessage suspect(Message.Suspect m) {
        return SuspectMessage.newBuilder()
                .setEpoch(m.epoch().number())
                .setView(m.view().number())
                .setSender(m.sender().index())
                .setSignature(RawBytes.wrap(m.signature().bytes()))
                .build();
    }

    static ViewChangeMessage viewChange(Message.ViewChange m) {
        ViewChangeMessage.Builder out = ViewChangeMessage.newBuilder()
                .setEpoch(m.epoch().number())
                .setTarget(m.target().number())
                .setSender(m.sender().index())
                .setSignature(RawBytes.wrap(m.signature().bytes()));
        m.prepared().ifPresent(c -> out.setPrepared(certificate(c)));
        m.committed().ifPresent(c -> out.setCommitted(certificate(c)));
        switch (m.trigger()) {
            case Trigger.Suspicion why -> why.suspects().forEach(s -> out.addTrigger(suspect(s)));
            case Trigger.Resignation why -> out.setResignation(resignation(why));
        }
        return out.build();
    }

    private static ResignationMessage resignation(Trigger.Resignation why) {
        ResignationMessage.Builder out = ResignationMessage.newBuilder()
                .setEpoch(why.epoch().number())
                .setView(why.view().number())
                .setHeir(why.heir().index())
                .setSignature(RawBytes.wrap(why.signature().bytes()));
        why.office().ifPresent(c -> out.setOffice(certificate(c)));
        return out.build();
    }

    static NewViewMessage newView(Message.NewView m) {
        NewViewMessage.Builder out = NewViewMessage.newBuilder()
                .setEpoch(m.epoch().number())
                .setView(m.view().number())
                .setPrimary(m.primary().index())
                .setSignature(RawBytes.wrap(m.signature().bytes()));
        m.viewChanges().forEach(c -> out.addViewChanges(viewChange(c)));
        return out.build();
    }
}
