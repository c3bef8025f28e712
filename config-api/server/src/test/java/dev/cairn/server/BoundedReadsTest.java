package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Refusal;
import dev.cairn.kv.model.Operation;
import dev.cairn.proto.v1.HeadResponse;
import dev.cairn.protocol.model.Bytes;
import io.grpc.Channel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A primary that lies may date its block ahead by as much as the others let pass, which makes no answer newer. */
class BoundedReadsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServedStore served;

    @SuppressWarnings("NullAway.Init")
    private Duration maxAhead;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory.resolve("state"));
        maxAhead =
                Duration.ofNanos(served.chain.document().genesis().parameters().maxFutureNanos());
        try (CairnClient client = VerifyingClients.of(served.chain, served.channel)) {
            client.submit(new Operation.Put(Bytes.utf8("key"), Bytes.utf8("value"), 0, false, false, false));
        }
    }

    @AfterEach
    void stop() {
        served.close();
    }

    /** Its clock stands still at the time of the newest block. */
    private CairnClient client(Channel channel) throws Exception {
        Instant now = Instant.ofEpochSecond(0, served.chain.head().header().timeNanos());
        return CairnClient.connect(
                VerifyingClients.settings(served.chain, channel).withClock(() -> now));
    }

    @Test
    void aBlocksTimeMayLieAheadSoItIsNotCountedInFull() throws Exception {
        Channel silent = Liar.saying(served.channel, message -> {
            HeadResponse answer = (HeadResponse) message;
            return answer.toBuilder()
                    .setHead(answer.getHead().toBuilder().clearTestimony())
                    .build();
        });
        try (CairnClient client = client(silent)) {
            Freshness tooTight = Freshness.within(maxAhead.minusMillis(1));
            NotVerifiedException refused =
                    catchThrowableOfType(NotVerifiedException.class, () -> client.head(tooTight));
            assertThat(refused).isNotNull();
            assertThat(refused.attempts().getFirst().refusal())
                    .isEqualTo(new Refusal.NotFresh(maxAhead, maxAhead.minusMillis(1)));
            assertThat(client.head(Freshness.within(maxAhead)).refused()).isEmpty();
        }
    }

    @Test
    void aReplicaKnowsWhenABlocksTimeWillNotDo() throws Exception {
        AtomicInteger testimonies = new AtomicInteger();
        Channel counting = Liar.saying(served.channel, message -> {
            boolean testified =
                    !((HeadResponse) message).getHead().getTestimony().isEmpty();
            testimonies.addAndGet(testified ? 1 : 0);
            return message;
        });
        try (CairnClient client = client(counting)) {
            assertThat(client.head(Freshness.within(maxAhead.minusMillis(1))).refused())
                    .isEmpty();
            assertThat(testimonies).hasValue(1);
            assertThat(client.head(Freshness.within(Duration.ofHours(1))).refused())
                    .isEmpty();
            assertThat(testimonies).hasValue(1);
        }
    }
}
