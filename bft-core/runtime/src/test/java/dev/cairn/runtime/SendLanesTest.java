package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.codec.MessageCodec;
import dev.cairn.proto.v1.PeerMessage;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each lane keeps to its own budget, and votes never wait behind bulk. */
class SendLanesTest {
    private static final int BUDGET = 100_000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SendLanes lanes = new SendLanes(
            new NodeConfig.Bounds(10, BUDGET, BUDGET, BUDGET, BUDGET, BUDGET, 1), new NodeMetrics(registry));

    private static PeerMessage small(long number) {
        return MessageCodec.encode(new Message.ReadIndexQuery(number));
    }

    private static PeerMessage bulk(int bytes) {
        Request request = new Request(
                new RequestId(new ClientId(1), 1, 1),
                Bytes.wrap(new byte[bytes]),
                new Signature(Bytes.wrap(new byte[64])));
        return MessageCodec.encode(new Message.Forward(List.of(request), false));
    }

    @Test
    void aFloodedLaneLosesItsOldestAndNothingElse() {
        lanes.add(Lane.CONTROL, small(1));
        for (int i = 0; i < 1000; i++) {
            lanes.add(Lane.FORWARDS, bulk(1000));
        }
        assertThat(lanes.waitingBytes(Lane.FORWARDS)).isLessThanOrEqualTo(BUDGET);
        assertThat(dropped("forwards")).isGreaterThan(850);
        assertThat(dropped("control")).isZero();
        assertThat(lanes.nextFrame().orElseThrow().getMessages(0)).isEqualTo(small(1));
    }

    private double dropped(String lane) {
        return registry.counter("cairn_link_dropped", "lane", lane).count();
    }

    @Test
    void controlGoesFirstAndTheOthersInTurn() {
        lanes.add(Lane.FETCHES, bulk(10));
        lanes.add(Lane.FETCHES, bulk(20));
        lanes.add(Lane.BLOCKS, bulk(30));
        lanes.add(Lane.CONTROL, small(7));
        assertThat(lanes.nextFrame().orElseThrow().getMessagesList())
                .containsExactly(small(7), bulk(30), bulk(10), bulk(20));
        assertThat(lanes.nextFrame()).isEmpty();
    }

    @Test
    void aMessageGreaterThanAFrameOrALaneStillGoes() {
        PeerMessage huge = bulk(2 * SendLanes.FRAME_BYTES);
        lanes.add(Lane.BLOCKS, huge);
        lanes.add(Lane.FORWARDS, bulk(10));
        assertThat(lanes.nextFrame().orElseThrow().getMessagesList()).containsExactly(huge);
        assertThat(lanes.nextFrame().orElseThrow().getMessagesList()).containsExactly(bulk(10));
    }

    @Test
    void whatWasClearedIsNotSent() {
        lanes.add(Lane.CONTROL, small(1));
        lanes.clear();
        assertThat(lanes.nextFrame()).isEmpty();
        assertThat(lanes.waitingBytes(Lane.CONTROL)).isZero();
    }
}
