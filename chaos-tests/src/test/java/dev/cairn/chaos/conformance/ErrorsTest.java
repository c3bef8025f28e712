package dev.cairn.chaos.conformance;

import static dev.cairn.chaos.conformance.Words.compact;
import static dev.cairn.chaos.conformance.Words.delete;
import static dev.cairn.chaos.conformance.Words.get;
import static dev.cairn.chaos.conformance.Words.op;
import static dev.cairn.chaos.conformance.Words.put;
import static dev.cairn.chaos.conformance.Words.txn;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.DowngradeRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseRevokeRequest;
import dev.cairn.proto.etcdserverpb.MemberAddRequest;
import dev.cairn.proto.etcdserverpb.MemberPromoteRequest;
import dev.cairn.proto.etcdserverpb.MemberRemoveRequest;
import dev.cairn.proto.etcdserverpb.MemberUpdateRequest;
import dev.cairn.proto.etcdserverpb.MoveLeaderRequest;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import io.grpc.Status.Code;
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
                        AuthenticateRequest.newBuilder().setName("root").setPassword("x")));
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

    /** By the transport, which words it in its own way. */
    @Test
    void aMessageBeyondTwoMebibytesIsRefused() {
        Message request = put("a", "x".repeat(3 << 20)).build();
        assertThat(pair.reference().call(request).join().code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(pair.cairn().call(request).join().code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    }
}
