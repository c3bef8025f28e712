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
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The parts of messages and records from protobuf: total, every field checked for what the core's types take. */
final class Reading {
    /** No cluster has more replicas, so nothing honest holds more votes, suspicions or view changes. */
    static final int MAX_MEMBERS = 128;

    /** Headers between a block and the certified one: a few windows of the pipeline. */
    static final int MAX_LINK = 1024;

    private static final int SIGNATURE_BYTES = 64;

    private Reading() {}

    static Signature signature(ByteString source) throws MalformedException {
        require(source.size() == SIGNATURE_BYTES, "a signature has 64 bytes");
        return new Signature(RawBytes.bytes(source));
    }

    static Digest digest(ByteString source) throws MalformedException {
        require(source.size() == Digest.BYTES, "a digest has 32 bytes");
        return Digest.read(RawBytes.array(source), 0);
    }

    static Epoch epoch(long number) throws MalformedException {
        return new Epoch(natural(number));
    }

    static View view(long number) throws MalformedException {
        return new View(natural(number));
    }

    /** Far from overflow, so that nobody's arithmetic on heights can fail. */
    static Height height(long number) throws MalformedException {
        return new Height(natural(number));
    }

    static ReplicaId replica(int index) throws MalformedException {
        require(index >= 0 && index < MAX_MEMBERS, "no such replica");
        return new ReplicaId(index);
    }

    static Phase phase(VotePhase phase) throws MalformedException {
        return switch (phase) {
            case VOTE_PHASE_PREPARE -> Phase.PREPARE;
            case VOTE_PHASE_COMMIT -> Phase.COMMIT;
            case VOTE_PHASE_CHECKPOINT -> Phase.CHECKPOINT;
            case VOTE_PHASE_UNSPECIFIED, UNRECOGNIZED -> throw new MalformedException("a vote without a known phase");
        };
    }

    static Ballot ballot(BallotBody source) throws MalformedException {
        return new Ballot(
                epoch(source.getEpoch()),
                view(source.getView()),
                height(source.getHeight()),
                digest(source.getBlock()));
    }

    static Vote vote(SignedVote source) throws MalformedException {
        return Vote.of(
                phase(source.getPhase()),
                ballot(source.getBallot()),
                replica(source.getVoter()),
                signature(source.getSignature()));
    }

    static QuorumCertificate certificate(Certificate source) throws MalformedException {
        requireCount(source.getVotesCount(), MAX_MEMBERS);
        List<QuorumCertificate.Signed> votes = new ArrayList<>(source.getVotesCount());
        for (CertificateVote vote : source.getVotesList()) {
            votes.add(new QuorumCertificate.Signed(replica(vote.getVoter()), signature(vote.getSignature())));
        }
        return new QuorumCertificate(phase(source.getPhase()), ballot(source.getBallot()), votes);
    }

    static Request request(SignedRequest source) throws MalformedException {
        require(source.getClient() >= 0, "no such client");
        return new Request(
                new RequestId(new ClientId(source.getClient()), source.getSession(), source.getSequence()),
                RawBytes.bytes(source.getOperations()),
                signature(source.getSignature()));
    }

    static List<Request> requests(List<SignedRequest> source) throws MalformedException {
        List<Request> requests = new ArrayList<>(source.size());
        for (SignedRequest request : source) {
            requests.add(request(request));
        }
        return requests;
    }

    static Header header(ByteString source) throws MalformedException {
        require(source.size() == Header.ENCODED_BYTES, "not a header's size");
        try {
            Header header = Header.decode(RawBytes.array(source));
            height(header.height().value());
            return header;
        } catch (IllegalArgumentException e) {
            throw new MalformedException("not a header: " + e.getMessage());
        }
    }

    static Block block(BlockBody source) throws MalformedException {
        requireCount(source.getRequestsCount(), Parameters.MAX_BLOCK_REQUESTS);
        return new Block(header(source.getHeader()), requests(source.getRequestsList()));
    }

    static List<Header> headers(List<ByteString> source) throws MalformedException {
        requireCount(source.size(), MAX_LINK);
        List<Header> headers = new ArrayList<>(source.size());
        for (ByteString header : source) {
            headers.add(header(header));
        }
        return headers;
    }

    static MerkleFrontier history(HistoryRecord source) throws MalformedException {
        requireCount(source.getPeaksCount(), Long.SIZE);
        require(
                source.getSize() >= 0 && source.getPeaksCount() == Long.bitCount(source.getSize()),
                "peaks do not fit the size");
        List<Digest> peaks = new ArrayList<>(source.getPeaksCount());
        for (ByteString peak : source.getPeaksList()) {
            peaks.add(digest(peak));
        }
        return new MerkleFrontier(source.getSize(), peaks);
    }

    /** Until where a part of a state goes. */
    static Bytes split(ByteString source) throws MalformedException {
        require(source.size() <= Message.SnapshotOffer.MAX_SPLIT_BYTES, "a split is longer than any honest one");
        return RawBytes.bytes(source);
    }

    static Message.PrePrepare prePrepare(PrePrepareMessage source) throws MalformedException {
        return new Message.PrePrepare(
                view(source.getView()),
                block(source.getBlock()),
                replica(source.getPrimary()),
                signature(source.getSignature()));
    }

    static Message.Suspect suspect(SuspectMessage source) throws MalformedException {
        return new Message.Suspect(
                epoch(source.getEpoch()),
                view(source.getView()),
                replica(source.getSender()),
                signature(source.getSignature()));
    }

    static Message.ViewChange viewChange(ViewChangeMessage source) throws MalformedException {
        return new Message.ViewChange(
                epoch(source.getEpoch()),
                view(source.getTarget()),
                source.hasPrepared() ? Optional.of(certificate(source.getPrepared())) : Optional.empty(),
                source.hasCommitted() ? Optional.of(certificate(source.getCommitted())) : Optional.empty(),
                trigger(source),
                replica(source.getSender()),
                signature(source.getSignature()));
    }

    private static Trigger trigger(ViewChangeMessage source) throws MalformedException {
        if (source.hasResignation()) {
            require(source.getTriggerCount() == 0, "a view change for two reasons");
            return resignation(source.getResignation());
        }
        requireCount(source.getTriggerCount(), MAX_MEMBERS);
        List<Message.Suspect> suspects = new ArrayList<>(source.getTriggerCount());
        for (SuspectMessage suspect : source.getTriggerList()) {
            suspects.add(suspect(suspect));
        }
        return new Trigger.Suspicion(suspects);
    }

    private static Trigger.Resignation resignation(ResignationMessage source) throws MalformedException {
        return new Trigger.Resignation(
                epoch(source.getEpoch()),
                view(source.getView()),
                replica(source.getHeir()),
                source.hasOffice() ? Optional.of(certificate(source.getOffice())) : Optional.empty(),
                signature(source.getSignature()));
    }

    static Message.NewView newView(NewViewMessage source) throws MalformedException {
        requireCount(source.getViewChangesCount(), MAX_MEMBERS);
        List<Message.ViewChange> changes = new ArrayList<>(source.getViewChangesCount());
        for (ViewChangeMessage change : source.getViewChangesList()) {
            changes.add(viewChange(change));
        }
        return new Message.NewView(
                epoch(source.getEpoch()),
                view(source.getView()),
                changes,
                replica(source.getPrimary()),
                signature(source.getSignature()));
    }

    static void requireCount(int count, int most) throws MalformedException {
        require(count <= most, "more parts than any honest message has");
    }

    static void require(boolean condition, String otherwise) throws MalformedException {
        if (!condition) {
            throw new MalformedException(otherwise);
        }
    }

    /** 0 to 2^62: more would let sums of honest arithmetic overflow. */
    private static long natural(long number) throws MalformedException {
        require(number >= 0 && number <= 1L << 62, "a number out of bounds");
        return number;
    }
}
