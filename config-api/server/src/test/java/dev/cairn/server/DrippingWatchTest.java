package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.client.Attempt;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Refusal;
import dev.cairn.client.Watch;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Operation;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v1.WatchRequest;
import dev.cairn.proto.v1.WatchResponse;
import dev.cairn.protocol.model.Bytes;
import io.grpc.Channel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever tells of old changes, one at a time, tells the truth; and keeps back what has happened since. */
class DrippingWatchTest {
    private static final KeySpan SPAN = KeySpan.prefix(Bytes.utf8("key/"));
    private static final int CHANGES = 40;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private final AtomicLong secondsAhead = new AtomicLong();

    /** Large messages buy time, for they are what an honest replica sends that is catching up: a few buy little. */
    @ParameterizedTest
    @ValueSource(ints = {0, 300 << 10})
    void itIsLeftForOneThatComesAsFarAsAQuorum(int everyFifthBytes) throws Exception {
        try (ServedStore served = new ServedStore(directory.resolve("state"))) {
            List<WatchResponse> drops = recordOneByOne(served, everyFifthBytes);
            long newest = served.machine.committed().revision();
            Channel liar = Liar.dripping(served.channel, drops);
            List<Attempt> refused = new ArrayList<>();
            List<String> told = new ArrayList<>();
            try (CairnClient client = CairnClient.connect(VerifyingClients.settings(served.chain, liar, served.channel)
                            .withClock(() -> Instant.now().plus(Duration.ofSeconds(secondsAhead.get()))));
                    Watch watch = client.watch(SPAN, 1)) {
                while (watch.through() < newest) {
                    watch.next()
                            .events()
                            .forEach(event -> told.add(event.change().key().toUtf8()));
                    refused.addAll(watch.refused());
                    secondsAhead.addAndGet(3); // a drop
                }
            }
            assertThat(refused).hasSize(1);
            assertThat(refused.getFirst().replica())
                    .isEqualTo(VerifyingClients.addresses(2).getFirst());
            assertThat(refused.getFirst().refusal()).isInstanceOf(Refusal.Withheld.class);
            assertThat(told).as("each change, once").hasSize(CHANGES).doesNotHaveDuplicates();
        }
    }

    private static ByteString raw(Bytes bytes) {
        return ByteString.copyFrom(bytes.toArray());
    }

    /** As an honest replica told each of them when it was new. */
    private static List<WatchResponse> recordOneByOne(ServedStore served, int everyFifthBytes) throws Exception {
        List<WatchResponse> messages = new ArrayList<>();
        try (CairnClient writer = VerifyingClients.of(served.chain, served.channel)) {
            Iterator<WatchResponse> watch = StoreGrpc.newBlockingStub(served.channel)
                    .withDeadlineAfter(60, TimeUnit.SECONDS)
                    .watch(WatchRequest.newBuilder()
                            .setHead(HeadWanted.getDefaultInstance())
                            .setKey(raw(SPAN.from()))
                            .setRangeEnd(raw(SPAN.until().orElseThrow()))
                            .setAfterRevision(1)
                            .build());
            for (int i = 0; i < CHANGES; i++) {
                Bytes value = Bytes.wrap(new byte[i % 5 == 0 ? everyFifthBytes : 10]);
                writer.submit(new Operation.Put(Bytes.utf8("key/" + i), value, 0, false, false, false));
                messages.add(watch.next());
            }
        }
        return messages;
    }
}
