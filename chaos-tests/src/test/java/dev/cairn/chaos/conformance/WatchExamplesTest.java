package dev.cairn.chaos.conformance;

import static dev.cairn.chaos.conformance.Words.compact;
import static dev.cairn.chaos.conformance.Words.delete;
import static dev.cairn.chaos.conformance.Words.key;
import static dev.cairn.chaos.conformance.Words.op;
import static dev.cairn.chaos.conformance.Words.put;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.Event;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What etcd's contract says of watches, sentence by sentence: both do it, and it is what is said. */
@ExtendWith(SharedPair.class)
class WatchExamplesTest {
    private static final int LARGE = 70 << 10;

    private final Pair pair;
    private long start;

    WatchExamplesTest(Pair pair) {
        this.pair = pair;
    }

    @BeforeEach
    void empty() {
        pair.reset();
        start = pair.reference().revision();
    }

    private static Step call(Message.Builder request) {
        return new Step.Call(request.build());
    }

    private static Step create(WatchCreateRequest.Builder watch) {
        return new Step.Watch(0, watch.build());
    }

    private static WatchCreateRequest.Builder watch(String key, String end) {
        return WatchCreateRequest.newBuilder().setKey(key(key)).setRangeEnd(key(end));
    }

    /** Does the steps on both, which are alike, and tells what Cairn sent on the stream. */
    private List<WatchResponse> agree(Step... steps) throws InterruptedException {
        List<WatchResponse> sent = new ArrayList<>();
        assertThat(pair.compare(Arrays.asList(steps), sent)).isEmpty();
        return sent;
    }

    private static List<Event> events(List<WatchResponse> responses, long id) {
        return responses.stream()
                .filter(response -> response.getWatchId() == id)
                .flatMap(response -> response.getEventsList().stream())
                .toList();
    }

    @Test
    void idsAreCountedFromZeroAndThoseInUseAreSkipped() throws InterruptedException {
        List<WatchResponse> sent = agree(
                create(watch("a", "").setWatchId(1)),
                create(watch("b", "")),
                create(watch("c", "")),
                create(watch("d", "").setWatchId(-7)),
                new Step.CancelWatch(0, 0),
                create(watch("e", "")));
        assertThat(sent.stream().filter(WatchResponse::getCreated))
                .extracting(WatchResponse::getWatchId)
                .containsExactly(1L, 0L, 2L, -7L, 3L);
    }

    @Test
    void aRefusedWatchIsCreatedAndCanceledAtOnceUnderNoId() throws InterruptedException {
        List<WatchResponse> sent = agree(
                create(watch("a", "").setWatchId(1)),
                create(watch("b", "").setWatchId(1)),
                create(watch("b", "a")),
                create(watch("b", "b")),
                create(watch("", "\0")),
                create(watch("a", "").setStartRevision(-1)));
        List<WatchResponse> refused =
                sent.stream().filter(WatchResponse::getCanceled).toList();
        assertThat(refused).allMatch(response -> response.getCreated() && response.getWatchId() == -1);
        assertThat(refused)
                .extracting(WatchResponse::getCancelReason)
                .containsExactly(
                        "mvcc: duplicate watch ID provided on the WatchStream",
                        "mvcc: watcher range is empty",
                        "mvcc: watcher range is empty",
                        "etcdserver: mvcc: required revision has been compacted");
    }

    @Test
    void anEmptyKeyIsTheLowest() throws InterruptedException {
        List<WatchResponse> sent =
                agree(create(watch("", "\0")), create(watch("", "")), call(put("\0", "lowest")), call(put("a", "1")));
        assertThat(events(sent, 0)).hasSize(2);
        assertThat(events(sent, 1)).hasSize(1);
    }

    @Test
    void whatCompactionHasTakenIsToldInASecondStep() throws InterruptedException {
        List<WatchResponse> sent = agree(
                call(put("a", "1")),
                call(put("a", "2")),
                call(put("a", "3")),
                call(compact(Moment.NOW - 1)),
                create(watch("a", "").setStartRevision(Moment.NOW - 2)));
        WatchResponse created = sent.get(0);
        assertThat(created.getCreated()).isTrue();
        assertThat(created.getCanceled()).isFalse();
        WatchResponse canceled = sent.get(1);
        assertThat(canceled.getCanceled()).isTrue();
        assertThat(canceled.getCompactRevision()).isEqualTo(start + 2);
        assertThat(canceled.getHeader().getRevision()).isZero();
        assertThat(canceled.getCancelReason()).isEmpty();
    }

    @Test
    void fromTheCompactRevisionItselfAllIsTold() throws InterruptedException {
        List<WatchResponse> sent = agree(
                call(put("a", "1")),
                call(put("b", "1")),
                call(delete("a", "")),
                call(compact(Moment.NOW)),
                create(watch("a", "c").setStartRevision(Moment.NOW)));
        assertThat(events(sent, 0)).hasSize(1);
        assertThat(events(sent, 0).getFirst().getType()).isEqualTo(Event.EventType.DELETE);
    }

    @Test
    void thePairBeforeIsToldWhileItsRevisionIsReadable() throws InterruptedException {
        List<WatchResponse> sent = agree(
                call(put("a", "1")),
                call(put("a", "2")),
                call(put("a", "3")),
                call(compact(Moment.NOW - 1)),
                create(watch("a", "").setStartRevision(Moment.NOW - 1).setPrevKv(true)),
                call(delete("a", "")),
                call(put("a", "anew")));
        assertThat(events(sent, 0))
                .extracting(event -> event.getPrevKv().getValue())
                .containsExactly(key(""), key("2"), key("3"), key(""));
    }

    @Test
    void aDeleteIsToldWithKeyAndRevisionAlone() throws InterruptedException {
        List<WatchResponse> sent = agree(call(put("a", "1")), create(watch("a", "")), call(delete("a", "")));
        Event event = events(sent, 0).getFirst();
        assertThat(event.getKv().getModRevision()).isEqualTo(start + 2);
        assertThat(event.getKv().getCreateRevision()).isZero();
        assertThat(event.getKv().getVersion()).isZero();
    }

    @Test
    void aRevisionIsToldWholeAndInTheOrderOfItsWrites() throws InterruptedException {
        List<WatchResponse> sent =
                agree(create(watch("a", "z")), call(Words.txn(op(put("c", "")), op(put("a", "")), op(put("b", "")))));
        List<WatchResponse> withEvents =
                sent.stream().filter(response -> response.getEventsCount() > 0).toList();
        assertThat(withEvents).hasSize(1);
        assertThat(withEvents.getFirst().getEventsList())
                .extracting(event -> event.getKv().getKey())
                .containsExactly(key("c"), key("a"), key("b"));
        assertThat(withEvents.getFirst().getHeader().getRevision()).isEqualTo(start + 1);
    }

    @Test
    void whatIsFilteredOutIsNotTold() throws InterruptedException {
        List<WatchResponse> sent = agree(
                create(watch("a", "").addFilters(WatchCreateRequest.FilterType.NOPUT)),
                create(watch("a", "").addFilters(WatchCreateRequest.FilterType.NODELETE)),
                create(watch("a", "").addFiltersValue(9)),
                call(put("a", "1")),
                call(delete("a", "")));
        assertThat(events(sent, 0)).hasSize(1);
        assertThat(events(sent, 1)).hasSize(1);
        assertThat(events(sent, 2)).hasSize(2);
    }

    @Test
    void aFutureRevisionIsWaitedFor() throws InterruptedException {
        List<WatchResponse> sent = agree(
                create(watch("a", "").setStartRevision(Moment.NOW + 3)),
                call(put("a", "1")),
                call(put("a", "2")),
                call(put("a", "3")),
                call(put("a", "4")));
        assertThat(events(sent, 0))
                .extracting(event -> event.getKv().getValue())
                .containsExactly(key("3"), key("4"));
    }

    @Test
    void aCanceledWatchIsTold() throws InterruptedException {
        List<WatchResponse> sent = agree(
                create(watch("a", "")),
                call(put("a", "1")),
                new Step.CancelWatch(0, 0),
                new Step.CancelWatch(0, 0),
                new Step.CancelWatch(0, 99),
                call(put("a", "2")),
                create(watch("a", "")));
        List<WatchResponse> canceled =
                sent.stream().filter(WatchResponse::getCanceled).toList();
        assertThat(canceled).hasSize(1);
        assertThat(canceled.getFirst().getCancelReason()).isEmpty();
        assertThat(events(sent, 0)).hasSize(1);
    }

    /** Parts of one revision, which the Go client loses when another watch's response comes between. */
    @Test
    void fragmentsFollowEachOther() throws InterruptedException {
        TxnRequest.Builder large = Words.txn();
        for (int i = 0; i < 20; i++) {
            large.addSuccess(op(put("k" + i, "x".repeat(LARGE))));
        }
        List<WatchResponse> sent = agree(
                call(large),
                create(watch("k", "l").setPrevKv(true).setFragment(true)),
                create(watch("k", "l").setPrevKv(true).setFragment(true)),
                create(watch("k", "l").setPrevKv(true)),
                call(large));
        assertThat(sent).filteredOn(WatchResponse::getFragment).hasSizeGreaterThanOrEqualTo(2);
        for (long id = 0; id < 3; id++) {
            assertThat(events(sent, id)).hasSize(20);
        }
        assertThat(sent)
                .filteredOn(response -> response.getWatchId() == 2 && response.getFragment())
                .isEmpty();
    }

    // Progress.

    @Test
    void progressIsToldOnceForAllWatchesThatAreUpToDate() throws InterruptedException {
        for (Endpoint endpoint : List.of(pair.reference(), pair.cairn())) {
            try (WatchClient client = new WatchClient(endpoint)) {
                client.requestProgress();
                client.send(create(0));
                client.send(create(0));
                var _ = client.await(0, response -> response.getCreated() && response.getWatchId() == 1);
                assertThat(client.responses())
                        .as("%s: nothing is told of no watch", endpoint)
                        .hasSize(2);
                client.requestProgress();
                WatchResponse told = client.await(2, WatchClient::isProgress);
                assertThat(told.getWatchId()).isEqualTo(WatchClient.BROADCAST_ID);
                assertThat(told.getHeader().getRevision()).isEqualTo(start);
                assertThat(client.responses()).hasSize(3);
            }
        }
    }

    @Test
    void ofAWatchThatWaitsForAFutureRevisionNoProgressIsTold() throws InterruptedException {
        List<WatchClient> clients = List.of(new WatchClient(pair.reference()), new WatchClient(pair.cairn()));
        for (WatchClient client : clients) {
            client.send(create(start + 2));
            var _ = client.await(0, WatchResponse::getCreated);
            client.requestProgress();
        }
        pair.agree(put("b", "1"));
        pair.agree(put("b", "2"));
        for (WatchClient client : clients) {
            client.settle(start + 2, Set.of(0L));
            assertThat(client.responses())
                    .filteredOn(WatchClient::isProgress)
                    .allMatch(response -> response.getHeader().getRevision() == start + 2);
            client.close();
        }
    }

    private static WatchRequest.Builder create(long from) {
        return WatchRequest.newBuilder().setCreateRequest(watch("a", "").setStartRevision(from));
    }

    @Test
    void aRequestOfNothingIsPassedOverAndALeaderIsThere() throws InterruptedException {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
        for (Endpoint endpoint : List.of(pair.reference(), pair.cairn())) {
            try (WatchClient client = new WatchClient(endpoint, MetadataUtils.newAttachHeadersInterceptor(metadata))) {
                client.send(WatchRequest.newBuilder());
                client.send(create(0));
                assertThat(client.await(0, WatchResponse::getCreated).getCanceled())
                        .isFalse();
            }
        }
    }
}
