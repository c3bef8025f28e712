package dev.cairn.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.cairn.proto.v1.BlockBody;
import dev.cairn.proto.v1.Certificate;
import dev.cairn.proto.v1.CommittedRecord;
import dev.cairn.proto.v1.EvidenceRecord;
import dev.cairn.proto.v1.HistoryRecord;
import dev.cairn.proto.v1.NewViewMessage;
import dev.cairn.proto.v1.SignedRequest;
import dev.cairn.proto.v1.SignedVote;
import dev.cairn.proto.v1.SlotRecord;
import dev.cairn.proto.v1.SnapshotRecord;
import dev.cairn.proto.v1.StatementKind;
import dev.cairn.proto.v1.ViewChangeMessage;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Vote;
import java.util.List;

/** The log's values as protobuf: one pair of methods for each kind of record. */
public final class RecordCodec {
    private RecordCodec() {}

    public static byte[] encode(Block block) {
        return Writing.block(block).toByteArray();
    }

    public static Block block(byte[] value) throws MalformedException {
        return Reading.block(parse(BlockBody.parser(), value));
    }

    public static byte[] encode(Header header) {
        return header.encode();
    }

    public static Header header(byte[] value) throws MalformedException {
        return Reading.header(ByteString.copyFrom(value));
    }

    public static byte[] encode(Vote vote) {
        return Writing.vote(vote).toByteArray();
    }

    public static Vote vote(byte[] value) throws MalformedException {
        return Reading.vote(parse(SignedVote.parser(), value));
    }

    public static byte[] encode(QuorumCertificate certificate) {
        return Writing.certificate(certificate).toByteArray();
    }

    public static QuorumCertificate certificate(byte[] value) throws MalformedException {
        return Reading.certificate(parse(Certificate.parser(), value));
    }

    public static byte[] encode(Message.ViewChange viewChange) {
        return Writing.viewChange(viewChange).toByteArray();
    }

    public static Message.ViewChange viewChange(byte[] value) throws MalformedException {
        return Reading.viewChange(parse(ViewChangeMessage.parser(), value));
    }

    public static byte[] encode(Message.NewView newView) {
        return Writing.newView(newView).toByteArray();
    }

    public static Message.NewView newView(byte[] value) throws MalformedException {
        return Reading.newView(parse(NewViewMessage.parser(), value));
    }

    public static byte[] encode(LogRecord.ProposedSlot slot) {
        return SlotRecord.newBuilder()
                .setBallot(Writing.ballot(slot.ballot()))
                .setSignature(RawBytes.wrap(slot.signature().bytes()))
                .build()
                .toByteArray();
    }

    public static LogRecord.ProposedSlot slot(byte[] value) throws MalformedException {
        SlotRecord source = parse(SlotRecord.parser(), value);
        return new LogRecord.ProposedSlot(Reading.ballot(source.getBallot()), Reading.signature(source.getSignature()));
    }

    /** The height is the record's key. */
    public static byte[] encode(LogRecord.CommittedBlock committed) {
        return CommittedRecord.newBuilder()
                .setBlock(RawBytes.wrap(committed.block()))
                .setProof(Writing.certificate(committed.proof()))
                .build()
                .toByteArray();
    }

    public static LogRecord.CommittedBlock committed(Height height, byte[] value) throws MalformedException {
        CommittedRecord source = parse(CommittedRecord.parser(), value);
        return new LogRecord.CommittedBlock(
                height, Reading.digest(source.getBlock()), Reading.certificate(source.getProof()));
    }

    public static byte[] encode(MerkleFrontier history) {
        return Writing.history(history).toByteArray();
    }

    public static MerkleFrontier history(byte[] value) throws MalformedException {
        return Reading.history(parse(HistoryRecord.parser(), value));
    }

    public static byte[] encode(LogRecord.SnapshotInstalled snapshot) {
        return SnapshotRecord.newBuilder()
                .setAnchor(Writing.block(snapshot.anchor()))
                .setHistory(Writing.history(snapshot.history()))
                .addAllLink(Writing.headers(snapshot.link()))
                .setProof(Writing.certificate(snapshot.proof()))
                .setRepairs(snapshot.repairs())
                .build()
                .toByteArray();
    }

    public static LogRecord.SnapshotInstalled snapshot(byte[] value) throws MalformedException {
        SnapshotRecord source = parse(SnapshotRecord.parser(), value);
        return new LogRecord.SnapshotInstalled(
                Reading.block(source.getAnchor()),
                Reading.history(source.getHistory()),
                Reading.headers(source.getLinkList()),
                Reading.certificate(source.getProof()),
                source.getRepairs());
    }

    public static byte[] encode(Evidence evidence) {
        return toProto(evidence).toByteArray();
    }

    /** For whoever shows a block's requests to others. */
    public static List<SignedRequest> toProto(List<Request> requests) {
        return requests.stream().map(Writing::request).toList();
    }

    /** The inverse of {@link #toProto(List)}. */
    public static List<Request> requests(List<SignedRequest> requests) throws MalformedException {
        Reading.requireCount(requests.size(), Parameters.MAX_BLOCK_REQUESTS);
        return Reading.requests(requests);
    }

    /** For whoever shows evidence to others. */
    public static EvidenceRecord toProto(Evidence evidence) {
        return EvidenceRecord.newBuilder()
                .setKind(
                        switch (evidence.kind()) {
                            case PRE_PREPARE -> StatementKind.STATEMENT_KIND_PRE_PREPARE;
                            case PREPARE -> StatementKind.STATEMENT_KIND_PREPARE;
                            case COMMIT -> StatementKind.STATEMENT_KIND_COMMIT;
                            case CHECKPOINT -> StatementKind.STATEMENT_KIND_CHECKPOINT;
                            case SUSPECT, VIEW_CHANGE, NEW_VIEW, WITNESS, RESIGNATION ->
                                throw new IllegalArgumentException(evidence.kind() + " names no block");
                        })
                .setCulprit(evidence.culprit().index())
                .setFirst(Writing.ballot(evidence.first()))
                .setFirstSignature(RawBytes.wrap(evidence.firstSignature().bytes()))
                .setSecond(Writing.ballot(evidence.second()))
                .setSecondSignature(RawBytes.wrap(evidence.secondSignature().bytes()))
                .build();
    }

    public static Evidence evidence(byte[] value) throws MalformedException {
        return evidence(parse(EvidenceRecord.parser(), value));
    }

    /** The inverse of {@link #toProto(Evidence)}. Not checked against anybody's key. */
    public static Evidence evidence(EvidenceRecord source) throws MalformedException {
        Statement.Kind kind = switch (source.getKind()) {
            case STATEMENT_KIND_PRE_PREPARE -> Statement.Kind.PRE_PREPARE;
            case STATEMENT_KIND_PREPARE -> Statement.Kind.PREPARE;
            case STATEMENT_KIND_COMMIT -> Statement.Kind.COMMIT;
            case STATEMENT_KIND_CHECKPOINT -> Statement.Kind.CHECKPOINT;
            case STATEMENT_KIND_UNSPECIFIED, UNRECOGNIZED -> throw new MalformedException("evidence of no known kind");
        };
        try {
            return new Evidence(
                    kind,
                    Reading.replica(source.getCulprit()),
                    Reading.ballot(source.getFirst()),
                    Reading.signature(source.getFirstSignature()),
                    Reading.ballot(source.getSecond()),
                    Reading.signature(source.getSecondSignature()));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("evidence of nothing: " + e.getMessage());
        }
    }

    private static <T> T parse(Parser<T> parser, byte[] value) throws MalformedException {
        try {
            return parser.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedException("not the protobuf it should be: " + e.getMessage());
        }
    }
}
