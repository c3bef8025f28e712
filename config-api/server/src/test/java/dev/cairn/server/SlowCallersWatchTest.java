package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Connections;
import dev.cairn.client.Freshness;
import dev.cairn.client.HeadStore;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Pin;
import dev.cairn.client.TrustedHead;
import dev.cairn.client.Watch;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Operation;
import dev.cairn.proto.v1.HeadRequest;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v1.WatchRequest;
import dev.cairn.proto.v1.WatchResponse;
import dev.cairn.protocol.model.Bytes;
import io.grpc.Channel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A caller that is late makes a watch suspect its replica; what was proven until then is not lost by that. */
class SlowCallersWatchTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private static final KeySpan SPAN = KeySpan.prefix(Bytes.utf8("key/"));

    private final AtomicLong aheadSeconds = new AtomicLong();

    @Test
    void whatWasProvenIsReturnedAlsoWhereItsSenderIsLeft() throws Exception {
        try (ServedStore served = new ServedStore(directory.resolve("state"));
                CairnClient writer = VerifyingClients.of(served.chain, served.channel)) {
            put(writer, "key/0");
            TrustedHead before = writer.head(Freshness.LINEARIZABLE).head();
            AtomicReference<@Nullable WatchResponse> first = new AtomicReference<>();
            Channel late = Liar.saying(served.channel, answer -> {
                WatchResponse kept = answer instanceof WatchResponse ? first.getAndSet(null) : null;
                return kept == null ? answer : kept;
            });
            AtomicBoolean compared = new AtomicBoolean();
            Channel channel = Liar.askingFor(late, question -> {
                if (question instanceof HeadRequest && !compared.getAndSet(true)) {
                    put(writer, "key/A");
                    first.set(proofOfChangesAfter(before, served.channel));
                    put(writer, "key/B");
                }
                return question;
            });
            List<String> seen = new ArrayList<>();
            try (CairnClient client = clientOf(served, channel);
                    Watch watch = client.watch(SPAN, before.revision())) {
                aheadSeconds.addAndGet(11); // so that the first message makes it ask a quorum
                for (int i = 0; i < 6 && !seen.contains("key/B"); i++) {
                    watch.next()
                            .events()
                            .forEach(event -> seen.add(event.change().key().toUtf8()));
                    aheadSeconds.addAndGet(7);
                }
            }
            assertThat(compared).isTrue();
            assertThat(seen).containsExactly("key/A", "key/B");
        }
    }

    private static WatchResponse proofOfChangesAfter(TrustedHead before, Channel channel) {
        WatchRequest request = WatchRequest.newBuilder()
                .setHead(HeadWanted.newBuilder().setKnownHeight(before.height().value()))
                .setKey(ByteString.copyFromUtf8("key/"))
                .setRangeEnd(ByteString.copyFromUtf8("key0"))
                .setAfterRevision(before.revision())
                .build();
        Iterator<WatchResponse> watch = StoreGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .watch(request);
        return watch.next();
    }

    private CairnClient clientOf(ServedStore served, Channel channel) throws IOException {
        return CairnClient.connect(ClientSettings.of(Pin.of(served.chain.document()))
                .withEndpoints(VerifyingClients.addresses(2))
                .withHeads(HeadStore.inMemory())
                .withClock(() -> Instant.now().plus(Duration.ofSeconds(aheadSeconds.get())))
                .withTimeout(Duration.ofSeconds(20))
                .withConnections(() -> new Connections() {
                    @Override
                    public Channel to(HostPort address) {
                        return channel;
                    }

                    @Override
                    public void close() {}
                }));
    }

    private static void put(CairnClient client, String key) {
        try {
            client.submit(new Operation.Put(Bytes.utf8(key), Bytes.utf8("value"), 0, false, false, false));
        } catch (NotVerifiedException e) {
            throw new AssertionError(e);
        }
    }
}
