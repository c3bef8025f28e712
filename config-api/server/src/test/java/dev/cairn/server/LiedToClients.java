package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Refusal;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import io.grpc.Channel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store with three keys, of which one was changed, and a client of it that is lied to; what it refuses, and why. */
abstract class LiedToClients {
    static final Freshness NEW = Freshness.LINEARIZABLE;
    static final Bytes KEY = Bytes.utf8("key/1");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    ServedStore served;

    @SuppressWarnings("NullAway.Init")
    CairnClient honest;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory.resolve("state"));
        honest = VerifyingClients.of(served.chain, served.channel);
        put(honest, "key/1", "old");
        put(honest, "key/2", "value");
        put(honest, "key/3", "value");
        put(honest, "key/1", "new");
    }

    @AfterEach
    void stop() {
        honest.close();
        served.close();
    }

    static void put(CairnClient client, String key, String value) throws NotVerifiedException {
        client.submit(new Operation.Put(Bytes.utf8(key), Bytes.utf8(value), 0, false, false, false));
    }

    interface Call {
        void make(CairnClient client) throws NotVerifiedException, InterruptedException;
    }

    Refusal refusal(Channel liar, Call call) throws IOException {
        return refusal(VerifyingClients.of(served.chain, liar), call);
    }

    static Refusal refusal(CairnClient client, Call call) {
        NotVerifiedException refused = catchThrowableOfType(NotVerifiedException.class, () -> call.make(client));
        assertThat(refused).as("the lie was believed").isNotNull();
        return refused.attempts().getFirst().refusal();
    }
}
