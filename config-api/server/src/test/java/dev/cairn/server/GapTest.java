package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Refusal;
import dev.cairn.client.Verified;
import dev.cairn.client.Watch;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Height;
import io.grpc.Channel;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica that fetched a state has no headers below it: whoever knows only those is led on by another. */
class GapTest {
    private static final Freshness NEW = Freshness.LINEARIZABLE;
    private static final Bytes KEY = Bytes.utf8("key");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServedStore served;

    /** Before each question the one forgets, and the other remembers. */
    @SuppressWarnings("NullAway.Init")
    private Channel gapped;

    @SuppressWarnings("NullAway.Init")
    private Channel whole;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory.resolve("state"));
        try (CairnClient honest = VerifyingClients.of(served.chain, served.channel)) {
            for (int i = 0; i < 6; i++) {
                put(honest);
            }
        }
        gapped = holdingFrom(5);
        whole = holdingFrom(0);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private Channel holdingFrom(long height) {
        return Liar.askingFor(served.channel, question -> {
            served.chain.forgetBelow(height);
            return question;
        });
    }

    private static Verified<?> put(CairnClient client) throws NotVerifiedException {
        return client.submit(new Operation.Put(KEY, Bytes.utf8("value"), 0, false, false, false));
    }

    private interface Call {
        Verified<?> make(CairnClient client) throws NotVerifiedException;
    }

    @Test
    void theReplicaSaysSoInOneLine() throws Exception {
        try (CairnClient fresh = VerifyingClients.of(served.chain, gapped)) {
            NotVerifiedException refused = catchThrowableOfType(NotVerifiedException.class, () -> fresh.get(KEY, NEW));
            assertThat(refused.attempts().getFirst().refusal())
                    .isEqualTo(new Refusal.NoAnswer(
                            "UNAVAILABLE: this replica does not hold the headers that lead from 0 to its head at "
                                    + served.chain.head().height().value() + "; ask another",
                            false));
        }
    }

    @Test
    void aNewClientGoesOnToAnotherReplica() throws Exception {
        Height before = served.chain.head().height();
        for (Call call : new Call[] {client -> client.get(KEY, NEW), GapTest::put}) {
            try (CairnClient fresh = VerifyingClients.of(served.chain, gapped, whole)) {
                Verified<?> answer = call.make(fresh);
                assertThat(answer.replica())
                        .isEqualTo(VerifyingClients.addresses(2).getLast());
                assertThat(answer.refused()).hasSize(1);
            }
        }
        assertThat(served.chain.head().height()).as("one write").isEqualTo(before.next());
        try (CairnClient fresh = VerifyingClients.of(served.chain, gapped, whole);
                Watch watch = fresh.watch(KeySpan.single(KEY), 1)) {
            assertThat(watch.next().events()).hasSize(7);
        }
    }

    @Test
    void whoKnowsAHeadAboveTheGapIsServed() throws Exception {
        try (CairnClient client = VerifyingClients.of(served.chain, served.channel)) {
            served.chain.forgetBelow(0);
            client.head(NEW);
            served.chain.forgetBelow(5);
            assertThat(client.get(KEY, NEW).value()).isPresent();
            put(client);
        }
    }
}
