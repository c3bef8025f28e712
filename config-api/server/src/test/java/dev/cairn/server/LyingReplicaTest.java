package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Refusal;
import dev.cairn.client.Watch;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.proto.v1.EvidenceResponse;
import dev.cairn.proto.v1.GetRequest;
import dev.cairn.proto.v1.GetResponse;
import dev.cairn.proto.v1.HeadersRequest;
import dev.cairn.proto.v1.HeadersResponse;
import dev.cairn.proto.v1.ListRequest;
import dev.cairn.proto.v1.ListResponse;
import dev.cairn.proto.v1.SubmitResponse;
import dev.cairn.proto.v1.WatchRequest;
import dev.cairn.proto.v1.WatchResponse;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import io.grpc.Channel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each way to lie is refused, for a reason of its own. */
class LyingReplicaTest extends LiedToClients {
    private static final KeySpan KEYS = KeySpan.prefix(Bytes.utf8("key/"));

    private Channel asking(UnaryOperator<Object> question) {
        return Liar.askingFor(served.channel, question);
    }

    private static ByteString raw(byte[] bytes) {
        return ByteString.copyFrom(bytes);
    }
    // Values, keys and revisions.

    @Test
    void anotherValueIsRefused() throws Exception {
        Channel liar = Liar.saying(served.channel, message -> {
            GetResponse answer = (GetResponse) message;
            byte[] proof = answer.getProof().toByteArray();
            int at = answer.getProof().toString(StandardCharsets.ISO_8859_1).indexOf("new");
            proof[at] = 'N';
            return answer.toBuilder().setProof(raw(proof)).build();
        });
        assertThat(refusal(liar, client -> client.get(KEY, NEW))).isInstanceOf(Refusal.Unproven.class);
    }

    @Test
    void theValueOfAnEarlierRevisionIsRefused() throws Exception {
        Channel liar = asking(
                question -> ((GetRequest) question).toBuilder().setRevision(2).build());
        assertThat(refusal(liar, client -> client.get(KEY, NEW))).isInstanceOf(Refusal.Unproven.class);
    }

    @Test
    void theAbsenceOfAnotherKeyIsRefused() throws Exception {
        Channel liar = asking(question -> ((GetRequest) question)
                .toBuilder().setKey(ByteString.copyFromUtf8("key/0")).build());
        assertThat(refusal(liar, client -> client.get(KEY, NEW))).isInstanceOf(Refusal.Unproven.class);
    }

    @Test
    void aListWithoutOneOfItsKeysIsRefused() throws Exception {
        Channel withoutTheLast = asking(question -> ((ListRequest) question)
                .toBuilder().setRangeEnd(ByteString.copyFromUtf8("key/3")).build());
        Channel withoutTheFirst = asking(question -> ((ListRequest) question)
                .toBuilder().setKey(ByteString.copyFromUtf8("key/2")).build());
        Channel cut = Liar.saying(
                ofTwoKeys(),
                message -> ((ListResponse) message).toBuilder().clearLimit().build());
        for (Channel liar : List.of(withoutTheLast, withoutTheFirst, cut)) {
            assertThat(refusal(liar, client -> client.list(KEYS, 0, 0, NEW))).isInstanceOf(Refusal.Unproven.class);
        }
    }

    private Channel ofTwoKeys() {
        return asking(
                question -> ((ListRequest) question).toBuilder().setLimit(2).build());
    }

    /** As a page it is the truth. */
    @Test
    void aListThatIsDrawnOutKeyByKeyIsRefused() throws Exception {
        try (CairnClient honest = VerifyingClients.of(served.chain, served.channel)) {
            for (int i = 4; i < 10; i++) {
                put(honest, "key/" + i, "value");
            }
        }
        Channel ofOneKey = asking(
                question -> ((ListRequest) question).toBuilder().setLimit(1).build());
        assertThat(refusal(ofOneKey, client -> client.list(KEYS, 0, 0, NEW))).isInstanceOf(Refusal.Unproven.class);
        assertThat(refusal(ofOneKey, client -> client.list(KEYS, 9, 0, NEW))).isInstanceOf(Refusal.Unproven.class);
    }

    @Test
    void aPageOfMoreKeysThanWereAskedForIsRefused() throws Exception {
        Channel liar = Liar.saying(
                asking(question ->
                        ((ListRequest) question).toBuilder().setLimit(3).build()),
                message -> ((ListResponse) message).toBuilder().setLimit(3).build());
        assertThat(refusal(liar, client -> client.list(KEYS, 2, 0, NEW))).isInstanceOf(Refusal.Unproven.class);
    }

    // The chain.

    @Test
    void aRowOfHeadersIsTheOneThatWasAskedFor() throws Exception {
        assertThat(honest.headers(new Height(1), 3, NEW).value()).isEqualTo(List.of(header(1), header(2), header(3)));
        Channel elsewhere = asking(question -> question instanceof HeadersRequest row
                ? row.toBuilder().setFromHeight(2).build()
                : question);
        Channel longer = asking(question -> question instanceof HeadersRequest row
                ? row.toBuilder().setLimit(4).build()
                : question);
        Channel empty = Liar.saying(
                served.channel,
                message -> message instanceof HeadersResponse row
                        ? row.toBuilder().clearHeaders().build()
                        : message);
        for (Channel liar : List.of(elsewhere, longer, empty)) {
            assertThat(refusal(liar, client -> client.headers(new Height(1), 3, NEW)))
                    .isInstanceOf(Refusal.Unproven.class);
        }
        Channel oneLess = Liar.saying(
                served.channel,
                message -> message instanceof HeadersResponse row
                        ? row.toBuilder()
                                .clearHeaders()
                                .addAllHeaders(row.getHeadersList().subList(0, 2))
                                .build()
                        : message);
        assertThat(refusal(oneLess, client -> client.headers(new Height(1), 3, NEW)))
                .isInstanceOf(Refusal.Malformed.class);
    }

    private Header header(long height) {
        return served.chain.header(new Height(height)).orElseThrow();
    }

    @Test
    void anAccusationWithoutBothSignaturesIsRefused() throws Exception {
        Evidence proof = served.chain.contradictionOf(2);
        served.node.accuse(proof);
        assertThat(honest.evidence()).containsExactly(proof);
        Channel liar = Liar.saying(
                served.channel,
                message -> message instanceof EvidenceResponse told
                        ? EvidenceResponse.newBuilder()
                                .addEvidence(told.getEvidence(0).toBuilder().setCulprit(1))
                                .build()
                        : message);
        assertThat(refusal(liar, CairnClient::evidence)).isInstanceOf(Refusal.Unproven.class);
        assertThat(VerifyingClients.of(served.chain, liar, served.channel).evidence())
                .containsExactly(proof);
    }

    // Watches and receipts.

    @Test
    void aWatchThatLeavesOutChangesIsRefused() throws Exception {
        Channel liar = asking(question -> question instanceof WatchRequest watch
                ? watch.toBuilder().setKey(ByteString.copyFromUtf8("key/2")).build()
                : question);
        CairnClient client = VerifyingClients.of(served.chain, liar);
        try (Watch watch = client.watch(KEYS, 1)) {
            assertThat(refusal(client, _ -> watch.next())).isInstanceOf(Refusal.Unproven.class);
        }
    }

    /** Only one revision may come in parts, and a part lies within the span. */
    @Test
    void aWatchThatCutsWhatNeedsNoCutIsRefused() throws Exception {
        for (String cut : List.of("key/2", "key/", "other")) {
            Channel liar = Liar.saying(
                    served.channel,
                    message -> message instanceof WatchResponse told
                            ? told.toBuilder()
                                    .setUntilKey(ByteString.copyFromUtf8(cut))
                                    .build()
                            : message);
            CairnClient client = VerifyingClients.of(served.chain, liar);
            for (long after : new long[] {1, 4}) { // four revisions, and one
                try (Watch watch = client.watch(KEYS, after)) {
                    assertThat(refusal(client, _ -> watch.next())).isInstanceOf(Refusal.Unproven.class);
                }
            }
        }
    }

    @Test
    void aWatchThatClaimsToHaveComeFurtherIsRefused() throws Exception {
        Channel liar = Liar.saying(
                served.channel,
                message -> message instanceof WatchResponse told
                        ? told.toBuilder()
                                .setThroughRevision(told.getThroughRevision() + 1)
                                .build()
                        : message);
        CairnClient client = VerifyingClients.of(served.chain, liar);
        try (Watch watch = client.watch(KEYS, 1)) {
            assertThat(refusal(client, _ -> watch.next())).isInstanceOf(Refusal.Unproven.class);
        }
    }

    @Test
    void theReceiptOfAnEarlierWriteIsRefused() throws Exception {
        List<SubmitResponse> receipts = new ArrayList<>();
        CairnClient client = VerifyingClients.of(served.chain, Liar.saying(served.channel, message -> {
            if (message instanceof SubmitResponse receipt) {
                receipts.add(receipt);
                SubmitResponse first = receipts.getFirst();
                return receipt.toBuilder()
                        .setClient(first.getClient())
                        .setSession(first.getSession())
                        .setSequence(first.getSequence())
                        .setReceipt(first.getReceipt())
                        .build();
            }
            return message;
        }));
        put(client, "key/1", "again");
        assertThat(refusal(client, c -> put(c, "key/1", "again"))).isInstanceOf(Refusal.Unproven.class);
    }
}
