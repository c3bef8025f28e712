package dev.cairn.chaos.conformance;

import static dev.cairn.chaos.conformance.Words.compact;
import static dev.cairn.chaos.conformance.Words.delete;
import static dev.cairn.chaos.conformance.Words.get;
import static dev.cairn.chaos.conformance.Words.key;
import static dev.cairn.chaos.conformance.Words.op;
import static dev.cairn.chaos.conformance.Words.put;
import static dev.cairn.chaos.conformance.Words.range;
import static dev.cairn.chaos.conformance.Words.txn;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.AlarmRequest.AlarmAction;
import dev.cairn.proto.etcdserverpb.AlarmType;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.DowngradeRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseRevokeRequest;
import dev.cairn.proto.etcdserverpb.Member;
import dev.cairn.proto.etcdserverpb.MemberAddRequest;
import dev.cairn.proto.etcdserverpb.MemberListRequest;
import dev.cairn.proto.etcdserverpb.MemberListResponse;
import dev.cairn.proto.etcdserverpb.MemberPromoteRequest;
import dev.cairn.proto.etcdserverpb.MemberRemoveRequest;
import dev.cairn.proto.etcdserverpb.MemberUpdateRequest;
import dev.cairn.proto.etcdserverpb.MoveLeaderRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.proto.v3electionpb.LeaderKey;
import dev.cairn.proto.v3electionpb.LeaderRequest;
import dev.cairn.proto.v3electionpb.ProclaimRequest;
import dev.cairn.proto.v3electionpb.ResignRequest;
import dev.cairn.proto.v3lockpb.LockRequest;
import dev.cairn.proto.v3lockpb.LockResponse;
import dev.cairn.proto.v3lockpb.UnlockRequest;
import io.grpc.Status.Code;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each error that a call can end with, by its code and its text, at both. */
@ExtendWith(SharedPair.class)
class ErrorsTest {
    private static final String MVCC = "etcdserver: mvcc: ";

    private final Pair pair;

    ErrorsTest(Pair pair) {
        this.pair = pair;
    }

    /** What a request is answered with by an empty store. */
    record Row(Code code, String description, Message.Builder request) {
        @Override
        public String toString() {
            return code + " " + description + " to "
                    + request.getDescriptorForType().getName();
        }
    }

    static Stream<Row> rows() {
        TxnRequest.Builder many = TxnRequest.newBuilder();
        IntStream.range(0, 129).forEach(i -> many.addFailure(op(put("k" + i, ""))));
        return Stream.of(
                new Row(Code.INVALID_ARGUMENT, "etcdserver: key is not provided", put("", "1")),
                new Row(Code.INVALID_ARGUMENT, "etcdserver: key is not provided", get("")),
                new Row(Code.INVALID_ARGUMENT, "etcdserver: key is not provided", delete("", "\0")),
                new Row(Code.INVALID_ARGUMENT, "etcdserver: key is not provided", txn(op(put("", "")))),
                new Row(
                        Code.INVALID_ARGUMENT,
                        "etcdserver: key not found",
                        put("a", "").setIgnoreValue(true)),
                new Row(
                        Code.INVALID_ARGUMENT,
                        "etcdserver: key not found",
                        put("a", "1").setIgnoreLease(true)),
                new Row(
                        Code.INVALID_ARGUMENT,
                        "etcdserver: value is provided",
                        put("a", "1").setIgnoreValue(true)),
                new Row(
                        Code.INVALID_ARGUMENT,
                        "etcdserver: lease is provided",
                        put("a", "1").setIgnoreLease(true).setLease(1)),
                new Row(Code.INVALID_ARGUMENT, "etcdserver: too many operations in txn request", many),
                new Row(
                        Code.INVALID_ARGUMENT,
                        "etcdserver: duplicate key given in txn request",
                        txn(op(put("a", "")), op(put("a", "")))),
                new Row(Code.INVALID_ARGUMENT, "etcdserver: invalid sort option", get("a").setSortOrderValue(9)),
                new Row(Code.INVALID_ARGUMENT, "etcdserver: request is too large", put("a", "x".repeat(1600 << 10))),
                new Row(Code.OUT_OF_RANGE, MVCC + "required revision has been compacted", get("a").setRevision(1)),
                new Row(Code.OUT_OF_RANGE, MVCC + "required revision has been compacted", compact(1)),
                new Row(
                        Code.OUT_OF_RANGE,
                        MVCC + "required revision is a future revision",
                        get("a").setRevision(1L << 40)),
                new Row(Code.OUT_OF_RANGE, MVCC + "required revision is a future revision", compact(1L << 40)),
                new Row(
                        Code.OUT_OF_RANGE,
                        MVCC + "required revision is a future revision",
                        txn(op(put("a", "")), op(get("a").setRevision(1L << 40)))),
                new Row(
                        Code.NOT_FOUND,
                        "etcdserver: requested lease not found",
                        put("a", "1").setLease(1)),
                new Row(
                        Code.NOT_FOUND,
                        "etcdserver: requested lease not found",
                        LeaseRevokeRequest.newBuilder().setID(1)),
                new Row(
                        Code.OUT_OF_RANGE,
                        "etcdserver: too large lease TTL",
                        LeaseGrantRequest.newBuilder().setTTL(9_000_000_001L)),
                new Row(
                        Code.NOT_FOUND,
                        "etcdserver: member not found",
                        MemberRemoveRequest.newBuilder().setID(99)),
                new Row(
                        Code.NOT_FOUND,
                        "etcdserver: member not found",
                        MemberPromoteRequest.newBuilder().setID(99)),
                new Row(
                        Code.NOT_FOUND,
                        "etcdserver: member not found",
                        MemberUpdateRequest.newBuilder().setID(99).addPeerURLs("http://127.0.0.1:1")),
                new Row(
                        Code.INVALID_ARGUMENT,
                        "etcdserver: given member URLs are invalid",
                        MemberAddRequest.newBuilder().addPeerURLs("nowhere")),
                new Row(
                        Code.FAILED_PRECONDITION,
                        "etcdserver: bad leader transferee",
                        MoveLeaderRequest.newBuilder().setTargetID(99)),
                new Row(
                        Code.INVALID_ARGUMENT,
                        "etcdserver: wrong downgrade target version format",
                        DowngradeRequest.newBuilder().setVersion("old")),
                new Row(
                        Code.INVALID_ARGUMENT,
                        "etcdserver: invalid downgrade target version",
                        DowngradeRequest.newBuilder().setVersion("3.2.0")),
                new Row(
                        Code.FAILED_PRECONDITION,
                        "etcdserver: authentication is not enabled",
                        AuthenticateRequest.newBuilder().setName("root").setPassword("x")),
                new Row(
                        Code.UNKNOWN,
                        "election: no leader",
                        LeaderRequest.newBuilder().setName(key("nobody"))),
                new Row(Code.UNKNOWN, "\"leader\" field must be provided", ProclaimRequest.newBuilder()),
                new Row(Code.UNKNOWN, "\"leader\" field must be provided", ResignRequest.newBuilder()),
                new Row(
                        Code.UNKNOWN,
                        "election: not leader",
                        ProclaimRequest.newBuilder()
                                .setLeader(LeaderKey.newBuilder()
                                        .setName(key("e"))
                                        .setKey(key("e/5"))
                                        .setRev(1)
                                        .setLease(5))));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isAnsweredByBoth(Row row) {
        pair.reset();
        Answer answer = pair.agree(row.request());
        assertThat(answer.code()).isEqualTo(row.code());
        assertThat(answer.description()).isEqualTo(row.description());
    }

    @Test
    void aLeaseThatIsThereIsNotGrantedAgain() {
        pair.reset();
        Message request = LeaseGrantRequest.newBuilder().setID(5).setTTL(100).build();
        assertThat(pair.agree(request).code()).isEqualTo(Code.OK);
        Answer again = pair.agree(request);
        assertThat(again.code()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(again.description()).isEqualTo("etcdserver: lease already exists");
    }

    @Test
    void whatAlarmsHoldBack() {
        pair.reset();
        try {
            alarm(AlarmAction.ACTIVATE, AlarmType.NOSPACE);
            for (Message.Builder request : List.of(
                    put("a", "1"),
                    txn(op(put("a", "1"))),
                    LeaseGrantRequest.newBuilder().setID(5).setTTL(100),
                    LeaseGrantRequest.newBuilder().setTTL(Long.MAX_VALUE))) {
                fails(Code.RESOURCE_EXHAUSTED, MVCC + "database space exceeded", request);
            }
            alarm(AlarmAction.ACTIVATE, AlarmType.CORRUPT);
            for (Message.Builder request : List.of(
                    put("a", "1"),
                    delete("a", ""),
                    txn(op(put("a", "1"))),
                    compact(1),
                    LeaseGrantRequest.newBuilder().setID(5).setTTL(100),
                    LeaseRevokeRequest.newBuilder().setID(5))) {
                fails(Code.DATA_LOSS, "etcdserver: corrupt cluster", request);
            }
            alarm(AlarmAction.DEACTIVATE, AlarmType.CORRUPT);
            fails(Code.RESOURCE_EXHAUSTED, MVCC + "database space exceeded", put("a", "1"));
            alarm(AlarmAction.DEACTIVATE, AlarmType.NOSPACE);
            assertThat(pair.agree(put("a", "1")).code()).isEqualTo(Code.OK);
        } finally {
            Beginning.open(pair.reference());
            Beginning.open(pair.cairn());
        }
    }

    private void alarm(AlarmAction action, AlarmType type) {
        assertThat(pair.agree(AlarmRequest.newBuilder().setAction(action).setAlarm(type))
                        .code())
                .isEqualTo(Code.OK);
    }

    private void fails(Code code, String description, Message.Builder request) {
        Answer answer = pair.agree(request);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.description()).isEqualTo(description);
    }

    @Test
    void whoWaitsForALockWithoutItsLeaseIsToldSoInTheEnd() {
        pair.reset();
        assertThat(Stream.of(pair.reference(), pair.cairn())
                        .map(ErrorsTest::lockedWithoutALease)
                        .distinct())
                .containsExactly("UNKNOWN: mutex: session is expired");
    }

    private static String lockedWithoutALease(Endpoint endpoint) {
        for (long lease : List.of(5L, 6L)) {
            done(endpoint, LeaseGrantRequest.newBuilder().setID(lease).setTTL(100));
        }
        Message held = done(endpoint, LockRequest.newBuilder().setName(key("m")).setLease(5));
        CompletableFuture<Answer> waiting = endpoint.call(
                LockRequest.newBuilder().setName(key("m")).setLease(6).build());
        RangeResponse keys;
        do {
            keys = (RangeResponse) done(endpoint, range("m/", "m0"));
        } while (keys.getCount() < 2);
        done(endpoint, LeaseRevokeRequest.newBuilder().setID(6));
        done(endpoint, UnlockRequest.newBuilder().setKey(((LockResponse) held).getKey()));
        return waiting.join().toString();
    }

    private static Message done(Endpoint endpoint, Message.Builder request) {
        return endpoint.call(request.build()).join().message();
    }

    /** What is asked of a member that is there, under the id and the address which it has at each. */
    @Test
    void aMemberIsNotAddedTwiceAndIsNoLearner() {
        for (Endpoint endpoint : List.of(pair.reference(), pair.cairn())) {
            Member member = ((MemberListResponse) done(endpoint, MemberListRequest.newBuilder())).getMembers(0);
            Answer added = endpoint.call(MemberAddRequest.newBuilder()
                            .addAllPeerURLs(member.getPeerURLsList())
                            .build())
                    .join();
            assertThat(added)
                    .as("%s", endpoint)
                    .hasToString("FAILED_PRECONDITION: etcdserver: Peer URLs already exists");
            Answer promoted = endpoint.call(MemberPromoteRequest.newBuilder()
                            .setID(member.getID())
                            .build())
                    .join();
            assertThat(promoted)
                    .as("%s", endpoint)
                    .hasToString("FAILED_PRECONDITION: etcdserver: can only promote a learner member");
        }
    }

    /** By the transport, which words it in its own way. */
    @Test
    void aMessageBeyondTwoMebibytesIsRefused() {
        Message request = put("a", "x".repeat(3 << 20)).build();
        assertThat(pair.reference().call(request).join().code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(pair.cairn().call(request).join().code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    }
}
