package dev.cairn.codec;

import com.google.protobuf.ByteString;
import dev.cairn.proto.v1.BlockBody;
import dev.cairn.proto.v1.BlocksMessage;
import dev.cairn.proto.v1.ChunkMessage;
import dev.cairn.proto.v1.FetchChunkMessage;
import dev.cairn.proto.v1.ForwardMessage;
import dev.cairn.proto.v1.PeerMessage;
import dev.cairn.proto.v1.ReadIndexAnswerMessage;
import dev.cairn.proto.v1.SnapshotOfferMessage;
import dev.cairn.proto.v1.StatusMessage;
import dev.cairn.proto.v1.WitnessAnswerMessage;
import dev.cairn.proto.v1.WitnessBody;
import dev.cairn.proto.v1.WitnessQueryMessage;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Vote;
import dev.cairn.protocol.model.Witness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Messages between replicas as protobuf. Decoding is total: any bytes give a {@link Decoded}. The size of the whole is
 * bounded by whoever reads it from the link.
 */
public final class MessageCodec {
    /** Headers between the last of some blocks and the certified one: a few windows of the pipeline. */
    public static final int MAX_LINK = Reading.MAX_LINK;

    private MessageCodec() {}

    /** What came in. */
    public sealed interface Decoded {
        record Known(Message message) implements Decoded {}

        /** A kind that a newer version may have; nothing to hold against its sender. */
        record Unknown() implements Decoded {}

        /** No honest replica of any version sends this. */
        record Malformed(String why) implements Decoded {}
    }

    public static PeerMessage encode(Message message) {
        PeerMessage.Builder out = PeerMessage.newBuilder();
        switch (message) {
            case Message.PrePrepare m -> out.setPrePrepare(Writing.prePrepare(m));
            case Vote m -> out.setVote(Writing.vote(m));
            case Message.Suspect m -> out.setSuspect(Writing.suspect(m));
            case Message.ViewChange m -> out.setViewChange(Writing.viewChange(m));
            case Message.NewView m -> out.setNewView(Writing.newView(m));
            case Message.Status m -> out.setStatus(status(m));
            case Message.Forward m -> out.setForward(forward(m));
            case Message.FetchBlocks m -> out.setFetchBlocksFrom(m.from().value());
            case Message.Blocks m -> out.setBlocks(blocks(m));
            case Message.FetchBody m -> out.setFetchBody(RawBytes.wrap(m.block()));
            case Message.Body m -> out.setBody(Writing.block(m.block()));
            case Message.ReadIndexQuery m -> out.setReadIndexQuery(m.round());
            case Message.ReadIndexAnswer m ->
                out.setReadIndexAnswer(ReadIndexAnswerMessage.newBuilder()
                        .setRound(m.round())
                        .setView(m.view().number())
                        .setHeight(m.height().value()));
            case Message.WitnessQuery m ->
                out.setWitnessQuery(WitnessQueryMessage.newBuilder()
                        .setRound(m.round())
                        .setChallenge(RawBytes.wrap(m.challenge())));
            case Message.WitnessAnswer m ->
                out.setWitnessAnswer(
                        WitnessAnswerMessage.newBuilder().setRound(m.round()).setWitness(witness(m.witness())));
            case Message.FetchSnapshot m -> out.setFetchSnapshotAbove(m.above().value());
            case Message.SnapshotOffer m -> out.setSnapshotOffer(snapshotOffer(m));
            case Message.FetchChunk m -> out.setFetchChunk(fetchChunk(m));
            case Message.Chunk m -> out.setChunk(chunk(m));
            case Message.NoSnapshot m -> out.setNoSnapshot(RawBytes.wrap(m.anchor()));
        }
        return out.build();
    }

    public static Decoded decode(PeerMessage source) {
        try {
            return switch (source.getKindCase()) {
                case PRE_PREPARE -> known(Reading.prePrepare(source.getPrePrepare()));
                case VOTE -> known(Reading.vote(source.getVote()));
                case SUSPECT -> known(Reading.suspect(source.getSuspect()));
                case VIEW_CHANGE -> known(Reading.viewChange(source.getViewChange()));
                case NEW_VIEW -> known(Reading.newView(source.getNewView()));
                case STATUS -> known(status(source.getStatus()));
                case FORWARD -> known(forward(source.getForward()));
                case FETCH_BLOCKS_FROM -> known(new Message.FetchBlocks(Reading.height(source.getFetchBlocksFrom())));
                case BLOCKS -> known(blocks(source.getBlocks()));
                case FETCH_BODY -> known(new Message.FetchBody(Reading.digest(source.getFetchBody())));
                case BODY -> known(new Message.Body(Reading.block(source.getBody())));
                case READ_INDEX_QUERY -> known(new Message.ReadIndexQuery(source.getReadIndexQuery()));
                case READ_INDEX_ANSWER -> known(readIndexAnswer(source.getReadIndexAnswer()));
                case WITNESS_QUERY -> known(witnessQuery(source.getWitnessQuery()));
                case WITNESS_ANSWER -> known(witnessAnswer(source.getWitnessAnswer()));
                case FETCH_SNAPSHOT_ABOVE ->
                    known(new Message.FetchSnapshot(Reading.height(source.getFetchSnapshotAbove())));
                case SNAPSHOT_OFFER -> known(snapshotOffer(source.getSnapshotOffer()));
                case FETCH_CHUNK -> known(fetchChunk(source.getFetchChunk()));
                case CHUNK -> known(chunk(source.getChunk()));
                case NO_SNAPSHOT -> known(new Message.NoSnapshot(Reading.digest(source.getNoSnapshot())));
                case KIND_NOT_SET -> new Decoded.Unknown();
            };
        } catch (MalformedException e) {
            return new Decoded.Malformed(String.valueOf(e.getMessage()));
        }
    }

    private static Decoded known(Message message) {
        return new Decoded.Known(message);
    }

    private static StatusMessage status(Message.Status m) {
        return StatusMessage.newBuilder()
                .setEpoch(m.epoch().number())
                .setView(m.view().number())
                .setChanging(m.changing())
                .setPrepared(m.prepared().value())
                .setCommitted(m.committed().value())
                .setStable(m.stable().value())
                .build();
    }

    private static Message.Status status(StatusMessage source) throws MalformedException {
        return new Message.Status(
                Reading.epoch(source.getEpoch()),
                Reading.view(source.getView()),
                source.getChanging(),
                Reading.height(source.getPrepared()),
                Reading.height(source.getCommitted()),
                Reading.height(source.getStable()));
    }

    private static ForwardMessage forward(Message.Forward m) {
        ForwardMessage.Builder out = ForwardMessage.newBuilder().setRelayed(m.relayed());
        m.requests().forEach(r -> out.addRequests(Writing.request(r)));
        return out.build();
    }

    private static Message.Forward forward(ForwardMessage source) throws MalformedException {
        Reading.requireCount(source.getRequestsCount(), Message.Forward.MAX_REQUESTS);
        return new Message.Forward(Reading.requests(source.getRequestsList()), source.getRelayed());
    }

    private static BlocksMessage blocks(Message.Blocks m) {
        BlocksMessage.Builder out = BlocksMessage.newBuilder().setProof(Writing.certificate(m.proof()));
        m.blocks().forEach(b -> out.addBlocks(Writing.block(b)));
        out.addAllLink(Writing.headers(m.link()));
        return out.build();
    }

    private static Message.Blocks blocks(BlocksMessage source) throws MalformedException {
        Reading.requireCount(source.getBlocksCount(), Message.Blocks.MAX_BLOCKS);
        List<Block> blocks = new ArrayList<>(source.getBlocksCount());
        for (BlockBody block : source.getBlocksList()) {
            blocks.add(Reading.block(block));
        }
        return new Message.Blocks(
                blocks, Reading.headers(source.getLinkList()), Reading.certificate(source.getProof()));
    }

    private static Message.ReadIndexAnswer readIndexAnswer(ReadIndexAnswerMessage source) throws MalformedException {
        return new Message.ReadIndexAnswer(
                source.getRound(), Reading.view(source.getView()), Reading.height(source.getHeight()));
    }

    private static Message.WitnessQuery witnessQuery(WitnessQueryMessage source) throws MalformedException {
        return new Message.WitnessQuery(source.getRound(), Reading.digest(source.getChallenge()));
    }

    private static WitnessBody witness(Witness witness) {
        return WitnessBody.newBuilder()
                .setEpoch(witness.epoch().number())
                .setReplica(witness.replica().index())
                .setChallenge(RawBytes.wrap(witness.challenge()))
                .setTimeNanos(witness.timeNanos())
                .setView(witness.view().number())
                .setHeight(witness.height().value())
                .setSignature(RawBytes.wrap(witness.signature().bytes()))
                .build();
    }

    private static Message.WitnessAnswer witnessAnswer(WitnessAnswerMessage source) throws MalformedException {
        WitnessBody witness = source.getWitness();
        return new Message.WitnessAnswer(
                source.getRound(),
                new Witness(
                        Reading.epoch(witness.getEpoch()),
                        Reading.replica(witness.getReplica()),
                        Reading.digest(witness.getChallenge()),
                        witness.getTimeNanos(),
                        Reading.view(witness.getView()),
                        Reading.height(witness.getHeight()),
                        Reading.signature(witness.getSignature())));
    }

    private static SnapshotOfferMessage snapshotOffer(Message.SnapshotOffer m) {
        SnapshotOfferMessage.Builder out = SnapshotOfferMessage.newBuilder()
                .setAnchor(Writing.block(m.anchor()))
                .setHistory(Writing.history(m.history()))
                .addAllLink(Writing.headers(m.link()))
                .setProof(Writing.certificate(m.proof()));
        m.splits().forEach(place -> out.addSplits(RawBytes.wrap(place)));
        return out.build();
    }

    private static Message.SnapshotOffer snapshotOffer(SnapshotOfferMessage source) throws MalformedException {
        Reading.requireCount(source.getSplitsCount(), Message.SnapshotOffer.MAX_SPLITS);
        List<Bytes> splits = new ArrayList<>(source.getSplitsCount());
        for (ByteString place : source.getSplitsList()) {
            splits.add(Reading.split(place));
        }
        return new Message.SnapshotOffer(
                Reading.block(source.getAnchor()),
                Reading.history(source.getHistory()),
                Reading.headers(source.getLinkList()),
                Reading.certificate(source.getProof()),
                splits);
    }

    private static FetchChunkMessage fetchChunk(Message.FetchChunk m) {
        FetchChunkMessage.Builder out = FetchChunkMessage.newBuilder()
                .setAnchor(RawBytes.wrap(m.anchor()))
                .setFrom(RawBytes.wrap(m.from()));
        m.until().ifPresent(until -> out.setUntil(RawBytes.wrap(until)));
        return out.build();
    }

    private static Message.FetchChunk fetchChunk(FetchChunkMessage source) throws MalformedException {
        return new Message.FetchChunk(
                Reading.digest(source.getAnchor()),
                RawBytes.bytes(source.getFrom()),
                source.hasUntil() ? Optional.of(Reading.split(source.getUntil())) : Optional.empty());
    }

    private static ChunkMessage chunk(Message.Chunk m) {
        ChunkMessage.Builder out = ChunkMessage.newBuilder()
                .setAnchor(RawBytes.wrap(m.anchor()))
                .setFrom(RawBytes.wrap(m.from()))
                .setContent(RawBytes.wrap(m.content()));
        m.until().ifPresent(until -> out.setUntil(RawBytes.wrap(until)));
        return out.build();
    }

    private static Message.Chunk chunk(ChunkMessage source) throws MalformedException {
        return new Message.Chunk(
                Reading.digest(source.getAnchor()),
                RawBytes.bytes(source.getFrom()),
                source.hasUntil() ? Optional.of(Reading.split(source.getUntil())) : Optional.empty(),
                RawBytes.bytes(source.getContent()));
    }
}
