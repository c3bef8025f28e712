package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.proto.etcdserverpb.CompactionRequest;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.RangeStreamResponse;
import dev.cairn.protocol.model.Bytes;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A long list in parts, to a client that takes one when it likes. */
@Timeout(60)
class StreamedRangeTest {
    private static final int KEYS = 200;
    private static final ByteString VALUE = ByteString.copyFrom(new byte[100 << 10]);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServedStore served;

    @SuppressWarnings("NullAway.Init")
    private KVGrpc.KVBlockingStub kv;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory);
        kv = KVGrpc.newBlockingStub(served.channel);
        for (int i = 0; i < KEYS; i++) {
            var _ = kv.put(put(i, VALUE));
        }
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private static PutRequest put(int number, ByteString value) {
        return PutRequest.newBuilder().setKey(key(number)).setValue(value).build();
    }

    private static ByteString key(int number) {
        return ByteString.copyFromUtf8("k%03d".formatted(number));
    }

    private static RangeRequest.Builder all() {
        return RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).setRangeEnd(ByteString.copyFromUtf8("l"));
    }

    @Test
    void allPartsAreOfTheRevisionOfTheFirst() throws Exception {
        Client client = new Client(all());
        List<RangeResponse> parts = new ArrayList<>(List.of(client.next()));
        for (int i = 0; i < KEYS; i++) {
            var _ = kv.put(put(i, ByteString.copyFromUtf8("later")));
        }
        client.rest().forEach(parts::add);
        assertThat(parts).hasSizeGreaterThan(5);
        assertThat(parts.stream().flatMap(part -> part.getKvsList().stream()))
                .extracting(pair -> pair.getKey())
                .containsExactlyElementsOf(IntStream.range(0, KEYS)
                        .mapToObj(StreamedRangeTest::key)
                        .toList());
        assertThat(parts.stream().flatMap(part -> part.getKvsList().stream()))
                .allMatch(pair -> pair.getValue().equals(VALUE));
        RangeResponse last = parts.removeLast();
        assertThat(last.getHeader().getRevision()).isEqualTo(KEYS + 1);
        assertThat(last.getCount()).isEqualTo(KEYS);
        assertThat(last.getMore()).isFalse();
        assertThat(parts).noneMatch(part -> part.hasHeader() || part.getCount() != 0 || part.getMore());
    }

    @Test
    void aLimitEndsItAndTheCountGoesOn() throws Exception {
        List<RangeResponse> parts = new Client(all().setLimit(25).setKeysOnly(true)).rest();
        assertThat(parts.stream().mapToInt(RangeResponse::getKvsCount).sum()).isEqualTo(25);
        assertThat(parts.getLast().getMore()).isTrue();
        assertThat(parts.getLast().getCount()).isEqualTo(KEYS);
    }

    @Test
    void compactionEndsIt() throws Exception {
        Outcome.Ranged before = (Outcome.Ranged) served.machine.range(
                Operation.Range.all(Bytes.wrap(key(KEYS - 1).toByteArray()), Bytes.EMPTY));
        KeyVersion old = before.versions().getFirst();
        Client client = new Client(all());
        var _ = client.next();
        for (int i = 0; i < KEYS; i++) {
            var _ = kv.put(put(i, ByteString.copyFromUtf8("later")));
        }
        var _ = kv.compact(
                CompactionRequest.newBuilder().setRevision(2 * KEYS + 1).build());
        Awaiting.until("the old values are gone", () -> {
            var _ = kv.put(put(KEYS, ByteString.EMPTY));
            return served.machine.load(old).isEmpty();
        });
        client.rest();
        assertThat(client.end().getDescription()).isEqualTo("etcdserver: mvcc: required revision has been compacted");
    }

    /** Takes one message at a time. */
    private final class Client implements ClientResponseObserver<RangeRequest, RangeStreamResponse> {
        private final BlockingQueue<Optional<RangeResponse>> arrived = new LinkedBlockingQueue<>();

        @SuppressWarnings("NullAway.Init")
        private ClientCallStreamObserver<RangeRequest> call;

        private volatile Status end = Status.OK;

        Client(RangeRequest.Builder range) {
            KVGrpc.newStub(served.channel).rangeStream(range.build(), this);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<RangeRequest> started) {
            call = started;
            started.disableAutoRequestWithInitial(1);
        }

        @Override
        public void onNext(RangeStreamResponse response) {
            arrived.add(Optional.of(response.getRangeResponse()));
        }

        @Override
        public void onError(Throwable failure) {
            end = Status.fromThrowable(failure);
            arrived.add(Optional.empty());
        }

        @Override
        public void onCompleted() {
            arrived.add(Optional.empty());
        }

        RangeResponse next() throws InterruptedException {
            return take().orElseThrow(() -> new AssertionError("ended: " + end));
        }

        private Optional<RangeResponse> take() throws InterruptedException {
            Optional<RangeResponse> taken = arrived.poll(20, TimeUnit.SECONDS);
            if (taken == null) {
                throw new AssertionError("nothing came");
            }
            call.request(1);
            return taken;
        }

        List<RangeResponse> rest() throws InterruptedException {
            List<RangeResponse> parts = new ArrayList<>();
            for (Optional<RangeResponse> part = take(); part.isPresent(); part = take()) {
                parts.add(part.get());
            }
            return parts;
        }

        Status end() {
            return end;
        }
    }
}
