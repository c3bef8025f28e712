package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.CompactionRequest;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.WatchCancelRequest;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest.FilterType;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchProgressRequest;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.Event;
import dev.cairn.proto.mvccpb.Event.EventType;
import dev.cairn.proto.mvccpb.KeyValue;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The watch service over a socket, as section by section of etcd's contract. */
@Timeout(60)
class WatchServiceTest {
    @TempDir
    Path directory;

    private ServedStore served;
    private KVGrpc.KVBlockingStub kv;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory, Duration.ofMillis(150));
        kv = KVGrpc.newBlockingStub(served.channel);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void tellsWhatHappensAfterTheCreation() throws Exception {
        put("a", "0");
        Client client = new Client();
        client.create(watch("a").setPrevKv(true));
        WatchResponse created = client.next();
        assertThat(created.getCreated()).isTrue();
        assertThat(created.getWatchId()).isZero();
        assertThat(created.getHeader().getRevision()).isEqualTo(2);
        assertThat(created.getHeader().getMemberId()).isEqualTo(ServedStore.CLUSTER.memberId());
        put("ab", "not watched");
        put("a", "1");
        delete("a");
        Event changed = client.nextEvent();
        assertThat(changed.getType()).isEqualTo(EventType.PUT);
        assertThat(changed.getKv().getValue()).isEqualTo(utf8("1"));
        assertThat(changed.getPrevKv().getValue()).isEqualTo(utf8("0"));
        Event gone = client.nextEvent();
        assertThat(gone.getType()).isEqualTo(EventType.DELETE);
        assertThat(gone.getKv())
                .isEqualTo(KeyValue.newBuilder()
                        .setKey(utf8("a"))
                        .setModRevision(5)
                        .build());
        assertThat(gone.getPrevKv().getModRevision()).isEqualTo(4);
    }

    @Test
    void replaysHistoryAndThenGoesOn() throws Exception {
        for (int i = 0; i < 20; i++) {
            put("k" + i % 3, "" + i);
        }
        Client client = new Client();
        client.create(watch("k").setRangeEnd(utf8("l")).setStartRevision(5));
        client.next();
        put("k9", "live");
        List<Long> revisions = new ArrayList<>();
        while (revisions.isEmpty() || revisions.getLast() < 22) {
            client.next().getEventsList().forEach(e -> revisions.add(e.getKv().getModRevision()));
        }
        assertThat(revisions).hasSize(18).isSorted().doesNotHaveDuplicates().startsWith(5L);
    }

    @Test
    void waitsForAFutureRevision() throws Exception {
        Client client = new Client();
        client.create(watch("a").setStartRevision(4));
        client.next();
        put("a", "2");
        put("a", "3");
        put("a", "4");
        assertThat(client.nextEvent().getKv().getValue()).isEqualTo(utf8("4"));
    }

    @Test
    void answersCreatesInOrderWithIds() throws Exception {
        Client client = new Client();
        client.create(watch("a").setWatchId(1));
        client.create(watch("b"));
        client.create(watch("c"));
        client.create(watch("d").setWatchId(1));
        client.create(watch("z").setRangeEnd(utf8("a")));
        client.create(watch("a").setStartRevision(-1));
        assertThat(List.of(client.next(), client.next(), client.next()))
                .extracting(WatchResponse::getWatchId)
                .containsExactly(1L, 0L, 2L);
        for (String reason : List.of(
                "mvcc: duplicate watch ID provided on the WatchStream",
                "mvcc: watcher range is empty",
                "etcdserver: mvcc: required revision has been compacted")) {
            WatchResponse refused = client.next();
            assertThat(refused.getCreated() && refused.getCanceled()).isTrue();
            assertThat(refused.getWatchId()).isEqualTo(-1);
            assertThat(refused.getCancelReason()).isEqualTo(reason);
        }
    }

    @Test
    void cancelsInTwoStepsWhatCompactionHasTaken() throws Exception {
        for (int i = 0; i < 5; i++) {
            put("a", "" + i);
        }
        kv.compact(CompactionRequest.newBuilder().setRevision(4).build());
        Client client = new Client();
        client.create(watch("a").setStartRevision(3));
        assertThat(client.next().getCreated()).isTrue();
        WatchResponse canceled = client.next();
        assertThat(canceled.getCanceled()).isTrue();
        assertThat(canceled.getCompactRevision()).isEqualTo(4);
        assertThat(canceled.getHeader().getRevision()).isZero();
        assertThat(canceled.getCancelReason()).isEmpty();
        client.create(watch("a").setStartRevision(4));
        client.next();
        assertThat(client.nextEvent().getKv().getModRevision()).isEqualTo(4);
    }

    @Test
    void filtersAndCancels() throws Exception {
        Client client = new Client();
        client.create(watch("a").setWatchId(5).addFilters(FilterType.NOPUT));
        client.create(watch("a").setWatchId(6).addFilters(FilterType.NODELETE));
        client.next();
        client.next();
        put("a", "1");
        WatchResponse first = client.next();
        assertThat(first.getWatchId()).isEqualTo(6);
        client.send(WatchRequest.newBuilder()
                .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(99))
                .build());
        client.send(WatchRequest.newBuilder()
                .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(6))
                .build());
        WatchResponse canceled = client.next();
        assertThat(canceled.getWatchId()).isEqualTo(6);
        assertThat(canceled.getCanceled()).isTrue();
        assertThat(canceled.getCancelReason()).isEmpty();
        delete("a");
        assertThat(client.next().getWatchId()).isEqualTo(5);
    }

    @Test
    void tellsProgress() throws Exception {
        Client client = new Client();
        client.create(watch("a"));
        client.create(watch("b").setWatchId(7).setProgressNotify(true));
        client.next();
        client.next();
        put("c", "1");
        WatchResponse idle = client.next();
        assertThat(idle.getWatchId()).isEqualTo(7);
        assertThat(idle.getEventsCount()).isZero();
        client.send(WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build());
        WatchResponse all = client.next();
        while (all.getWatchId() == 7) {
            all = client.next();
        }
        assertThat(all.getWatchId()).isEqualTo(-1);
        assertThat(all.getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void endsStreamsThatRequireALeaderWhenItIsLost() throws Exception {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
        Client plain = new Client();
        plain.create(watch("a"));
        plain.next();
        Client strict = new Client(metadata);
        strict.create(watch("a"));
        strict.next();
        served.node.loseLeader(true);
        assertThat(strict.end().getDescription()).isEqualTo("etcdserver: no leader");
        assertThat(new Client(metadata).end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        served.node.loseLeader(false);
        put("a", "1");
        assertThat(plain.nextEvent().getKv().getValue()).isEqualTo(utf8("1"));
    }

    @Test
    void endsAllStreamsWhenTheStateIsNotToBeTrusted() throws Exception {
        Client client = new Client();
        client.create(watch("a"));
        client.next();
        served.node.quarantine();
        assertThat(client.end().getDescription()).contains("is being replaced by a copy from the others");
        assertThat(new Client().end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    private void put(String key, String value) {
        kv.put(PutRequest.newBuilder().setKey(utf8(key)).setValue(utf8(value)).build());
    }

    private void delete(String key) {
        kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(utf8(key)).build());
    }

    private static WatchCreateRequest.Builder watch(String key) {
        return WatchCreateRequest.newBuilder().setKey(utf8(key));
    }

    private static ByteString utf8(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private final class Client implements StreamObserver<WatchResponse> {
        private final BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
        private final BlockingQueue<Status> ended = new LinkedBlockingQueue<>();
        private final List<Event> events = new ArrayList<>();
        private final StreamObserver<WatchRequest> requests;

        Client() {
            this(new Metadata());
        }

        Client(Metadata metadata) {
            requests = WatchGrpc.newStub(served.channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                    .watch(this);
        }

        void create(WatchCreateRequest.Builder request) {
            send(WatchRequest.newBuilder().setCreateRequest(request).build());
        }

        void send(WatchRequest request) {
            requests.onNext(request);
        }

        WatchResponse next() throws InterruptedException {
            WatchResponse response = responses.poll(20, TimeUnit.SECONDS);
            assertThat(response).as("a response").isNotNull();
            return response;
        }

        Event nextEvent() throws InterruptedException {
            while (events.isEmpty()) {
                events.addAll(next().getEventsList());
            }
            return events.removeFirst();
        }

        Status end() throws InterruptedException {
            Status status = ended.poll(20, TimeUnit.SECONDS);
            assertThat(status).as("an end").isNotNull();
            return status;
        }

        @Override
        public void onNext(WatchResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            ended.add(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            ended.add(Status.OK);
        }
    }
}
