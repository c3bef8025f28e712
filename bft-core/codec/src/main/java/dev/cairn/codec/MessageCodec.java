package dev.cairn.codec;

import com.google.protobuf.ByteString;
import dev.cairn.proto.v1.BlockBody;
import dev.cairn.proto.v1.BlocksMessage;
import dev.cairn.proto.v1.ForwardMessage;
import dev.cairn.proto.v1.PeerMessage;
import dev.cairn.proto.v1.ReadIndexAnswerMessage;
import dev.cairn.proto.v1.StatusMessage;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages between replicas as protobuf. Decoding is total: any bytes give a {@link Decoded}. The size of the whole is
 * bounded by whoever reads it from the link.
 */
public final class MessageCodec {
    /** Headers between the last of some blocks and the certified one: a few windows of the pipeline. */
    public static final int MAX_LINK = 1024;

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
        m.link().forEach(h -> out.addLink(RawBytes.wrap(h.encode())));
        return out.build();
    }

    private static Message.Blocks blocks(BlocksMessage source) throws MalformedException {
        Reading.requireCount(source.getBlocksCount(), Message.Blocks.MAX_BLOCKS);
        Reading.requireCount(source.getLinkCount(), MAX_LINK);
        List<Block> blocks = new ArrayList<>(source.getBlocksCount());
        for (BlockBody block : source.getBlocksList()) {
            blocks.add(Reading.block(block));
        }
        List<Header> link = new ArrayList<>(source.getLinkCount());
        for (ByteString header : source.getLinkList()) {
            link.add(Reading.header(header));
        }
        return new Message.Blocks(blocks, link, Reading.certificate(source.getProof()));
    }

    private static Message.ReadIndexAnswer readIndexAnswer(ReadIndexAnswerMessage source) throws MalformedException {
        return new Message.ReadIndexAnswer(
                source.getRound(), Reading.view(source.getView()), Reading.height(source.getHeight()));
    }
}
