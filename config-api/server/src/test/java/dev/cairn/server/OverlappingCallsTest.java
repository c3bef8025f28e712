package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.client.Freshness;
import dev.cairn.client.HeadStore;
import dev.cairn.client.LightClient;
import dev.cairn.client.OfferedHead;
import dev.cairn.client.Pin;
import dev.cairn.client.RefusedException;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers to questions that were sent before either came. */
class OverlappingCallsTest {
    private static final Freshness LOOSE = Freshness.within(Duration.ofMinutes(1));

    private final SoloChain chain = new SoloChain("overlapping");
    private final HeadStore store = HeadStore.inMemory();
    private final Instant now = Instant.now();
    private final LightClient light;

    OverlappingCallsTest() throws IOException {
        light = LightClient.open(Pin.of(chain.document()), store, LightClient.TRUSTING_PERIOD);
        for (int i = 0; i < 5; i++) {
            chain.append(
                    chain.next(List.of(), chain.head().header().roots(), now.getEpochSecond() * 1_000_000_000L + i));
        }
    }

    private LightClient.Question ask() throws RefusedException {
        return light.ask(LOOSE, Digest.ZERO, now);
    }

    /** To a client that knows only the genesis block. */
    private OfferedHead offer(long height) {
        Header header = chain.header(new Height(height)).orElseThrow();
        ByteWriter history = new ByteWriter(64);
        chain.fill(1, height).orElseThrow().forEach(history::putDigest);
        byte[] certificate =
                chain.committed(new Height(height)).orElseThrow().proof().encode();
        return new OfferedHead(
                Bytes.wrap(header.encode()), Bytes.wrap(certificate), Bytes.wrap(history.toArray()), Bytes.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 5})
    void theHighestHeadStaysWhicheverComesFirst(long first) throws Exception {
        LightClient.Question one = ask();
        LightClient.Question other = ask();
        light.accept(one, offer(first), now);
        light.accept(other, offer(7 - first), now);
        assertThat(light.head().height()).isEqualTo(new Height(5));
        assertThat(LightClient.open(Pin.of(chain.document()), store, LightClient.TRUSTING_PERIOD)
                        .head()
                        .height())
                .as("and is kept")
                .isEqualTo(new Height(5));
    }

    @Test
    void theNextQuestionGoesOnFromTheHighest() throws Exception {
        LightClient.Question one = ask();
        LightClient.Question other = ask();
        light.accept(one, offer(2), now);
        light.accept(other, offer(5), now);
        assertThat(ask().base().height()).isEqualTo(new Height(5));
    }
}
