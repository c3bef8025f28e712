package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page whose beginning is small and whose end is large: an honest replica cuts it where it is small. */
class UnevenPageTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Test
    void aPageOfSmallKeysBeforeLargeOnesIsListed() throws Exception {
        try (ServedStore served = new ServedStore(directory.resolve("state"));
                CairnClient client = VerifyingClients.of(served.chain, served.channel)) {
            for (int i = 0; i < 50; i++) {
                put(client, String.format("key/%02d", i), 10);
            }
            for (int i = 50; i < 54; i++) {
                put(client, String.format("key/%02d", i), 1 << 20);
            }
            assertThat(client.list(KeySpan.prefix(Bytes.utf8("key/")), 100, 0, Freshness.LINEARIZABLE)
                            .value()
                            .records())
                    .hasSize(54);
        }
    }

    private static void put(CairnClient client, String key, int length) throws Exception {
        client.submit(new Operation.Put(Bytes.utf8(key), Bytes.wrap(new byte[length]), 0, false, false, false));
    }
}
