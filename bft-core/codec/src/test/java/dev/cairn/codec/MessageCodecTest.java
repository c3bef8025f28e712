package dev.cairn.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.proto.v1.BallotBody;
import dev.cairn.proto.v1.PeerMessage;
import dev.cairn.proto.v1.SignedVote;
import dev.cairn.proto.v1.SnapshotOfferMessage;
import dev.cairn.proto.v1.VotePhase;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Message;
import java.util.Collections;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is written is read back; whatever is read gives an answer and never an exception. */
class MessageCodecTest {

    @Property(tries = 100)
    void everyMessageComesBackAsItWas(@ForAll long seed) throws InvalidProtocolBufferException {
        for (Message message : new Samples(seed).oneOfEach()) {
            PeerMessage wire =
                    PeerMessage.parseFrom(MessageCodec.encode(message).toByteArray());
            MessageCodec.Decoded decoded = MessageCodec.decode(wire);
            assertThat(decoded).isEqualTo(new MessageCodec.Decoded.Known(message));
            if (decoded instanceof MessageCodec.Decoded.Known(Message again)) {
                assertThat(MessageCodec.encode(again)).isEqualTo(MessageCodec.encode(message));
            }
        }
    }

    @Property(tries = 300)
    void damagedBytesNeverThrow(@ForAll long seed) {
        Random random = new Random(seed);
        for (Message message : new Samples(seed).oneOfEach()) {
            byte[] bytes = MessageCodec.encode(message).toByteArray();
            for (int i = 0; i <= random.nextInt(4) && bytes.length > 0; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(MessageCodec.decode(PeerMessage.parseFrom(bytes))).isNotNull();
            } catch (InvalidProtocolBufferException e) {
                // gRPC ends a stream with such bytes.
            }
        }
    }

    @Test
    void aKindThatIsNotKnownIsNotHeldAgainstItsSender() throws InvalidProtocolBufferException {
        byte[] field99 = {(byte) 0x9a, 0x06, 0x01, 0x2a};
        assertThat(MessageCodec.decode(PeerMessage.parseFrom(field99)))
                .isInstanceOf(MessageCodec.Decoded.Unknown.class);
    }

    @Test
    void aVoteNeedsAPhaseAndWholeFields() {
        SignedVote good = SignedVote.newBuilder()
                .setPhase(VotePhase.VOTE_PHASE_COMMIT)
                .setBallot(BallotBody.newBuilder().setBlock(ByteString.copyFrom(new byte[32])))
                .setSignature(ByteString.copyFrom(new byte[64]))
                .build();
        assertThat(decode(good)).isInstanceOf(MessageCodec.Decoded.Known.class);
        assertRefused(good.toBuilder().setPhaseValue(77).build());
        assertRefused(good.toBuilder().clearPhase().build());
        assertRefused(good.toBuilder().setVoter(-1).build());
        assertRefused(good.toBuilder().setVoter(Reading.MAX_MEMBERS).build());
        assertRefused(
                good.toBuilder().setSignature(ByteString.copyFrom(new byte[63])).build());
        assertRefused(good.toBuilder().clearBallot().build());
        assertRefused(good.toBuilder()
                .setBallot(good.getBallot().toBuilder().setHeight(-1))
                .build());
        assertRefused(good.toBuilder()
                .setBallot(good.getBallot().toBuilder().setView(Long.MAX_VALUE))
                .build());
    }

    private static MessageCodec.Decoded decode(SignedVote vote) {
        return MessageCodec.decode(PeerMessage.newBuilder().setVote(vote).build());
    }

    private static void assertRefused(SignedVote vote) {
        assertThat(decode(vote)).isInstanceOf(MessageCodec.Decoded.Malformed.class);
    }

    @Test
    void anOfferIsBoundedInAllItsParts() {
        SnapshotOfferMessage good = MessageCodec.encode(new Samples(7)
                        .oneOfEach().stream()
                                .filter(Message.SnapshotOffer.class::isInstance)
                                .findFirst()
                                .orElseThrow())
                .getSnapshotOffer();
        assertThat(decode(good)).isInstanceOf(MessageCodec.Decoded.Known.class);
        ByteString place = ByteString.copyFromUtf8("a place");
        assertRefused(good.toBuilder()
                .addAllSplits(Collections.nCopies(Message.SnapshotOffer.MAX_SPLITS + 1, place))
                .build());
        assertRefused(good.toBuilder()
                .addSplits(ByteString.copyFrom(new byte[Message.SnapshotOffer.MAX_SPLIT_BYTES + 1]))
                .build());
        assertRefused(good.toBuilder()
                .addAllLink(Collections.nCopies(
                        MessageCodec.MAX_LINK + 1, good.getAnchor().getHeader()))
                .build());
        assertRefused(good.toBuilder()
                .setHistory(
                        good.getHistory().toBuilder().setSize(good.getHistory().getSize() ^ 1))
                .build());
        assertRefused(good.toBuilder().clearProof().build());
    }

    private static MessageCodec.Decoded decode(SnapshotOfferMessage offer) {
        return MessageCodec.decode(
                PeerMessage.newBuilder().setSnapshotOffer(offer).build());
    }

    private static void assertRefused(SnapshotOfferMessage offer) {
        assertThat(decode(offer)).isInstanceOf(MessageCodec.Decoded.Malformed.class);
    }

    @Test
    void bytesReadFromTheWireAreNotCopiedAgain() {
        byte[] array = {1, 2, 3};
        assertThat(RawBytes.array(RawBytes.wrap(Bytes.wrap(array)))).isSameAs(array);
        assertThat(RawBytes.array(ByteString.copyFrom(array).substring(1))).containsExactly(2, 3);
        assertThat(RawBytes.array(ByteString.copyFrom(array).concat(ByteString.copyFrom(new byte[200]))))
                .hasSize(203);
    }

    @Property(tries = 50)
    void theLogsValuesComeBackAsTheyWere(@ForAll long seed) throws MalformedException {
        Samples samples = new Samples(seed);
        Block block = samples.block();
        assertThat(RecordCodec.encode(RecordCodec.block(RecordCodec.encode(block))))
                .isEqualTo(RecordCodec.encode(block));
        Message.NewView newView = samples.newView();
        assertThat(RecordCodec.newView(RecordCodec.encode(newView))).isEqualTo(newView);
        Message.ViewChange viewChange = samples.viewChange();
        assertThat(RecordCodec.viewChange(RecordCodec.encode(viewChange))).isEqualTo(viewChange);
        LogRecord.SnapshotInstalled snapshot = samples.snapshot();
        assertThat(RecordCodec.snapshot(RecordCodec.encode(snapshot))).isEqualTo(snapshot);
        Evidence evidence = samples.evidence();
        assertThat(RecordCodec.evidence(RecordCodec.encode(evidence))).isEqualTo(evidence);
    }
}
