package dev.cairn.server.etcd;

import com.google.protobuf.MessageLite;
import dev.cairn.kv.Limits;
import dev.cairn.kv.Validation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.proto.etcdserverpb.CompactionRequest;
import dev.cairn.proto.etcdserverpb.CompactionResponse;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.DeleteRangeResponse;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.RangeStreamResponse;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.proto.etcdserverpb.TxnResponse;
import dev.cairn.server.Background;
import dev.cairn.server.gateway.Gateway;
import dev.cairn.server.gateway.ReadIndex;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * etcd's KV service: writes go through the gateway, reads through the read index, unless the client is content with
 * what this replica has. Runs on the transport's threads and blocks none of them.
 */
public final class KvService extends KVGrpc.KVImplBase {
    /** etcd's default for {@code --max-request-bytes}. */
    static final int MAX_REQUEST_BYTES = 1_536 << 10;

    private final Gateway gateway;
    private final ReadIndex readIndex;
    private final Store store;
    private final Responses responses;
    private final Background background;
    private final Limits limits;
    private final int maxOperationBytes;

    /**
     * Serves from the start.
     *
     * @param maxOperationBytes what fits into one request of consensus
     * @param background does what may take long: big ranges, values from disk
     */
    public KvService(
            Gateway gateway,
            ReadIndex readIndex,
            Store store,
            Headers headers,
            Background background,
            Limits limits,
            int maxOperationBytes) {
        this.gateway = gateway;
        this.readIndex = readIndex;
        this.store = store;
        this.responses = new Responses(store::value, headers);
        this.background = background;
        this.limits = limits;
        this.maxOperationBytes = maxOperationBytes;
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
        if (isRefused(RequestChecks.of(request), observer)) {
            return;
        }
        Operation.Range range = Requests.operation(request);
        Reply<RangeResponse> reply = reply(
                observer, outcome -> outcome instanceof Outcome.Ranged ranged ? responses.range(range, ranged) : null);
        read(request.getSerializable(), isSmall(range), () -> store.read(range), reply);
    }

    @Override
    public void rangeStream(RangeRequest request, StreamObserver<RangeStreamResponse> observer) {
        if (isRefused(RequestChecks.of(request), observer)) {
            return;
        }
        Optional<String> unsupported = RequestChecks.unsupportedInStream(request);
        if (unsupported.isPresent()) {
            observer.onError(
                    Status.UNIMPLEMENTED.withDescription(unsupported.get()).asRuntimeException());
            return;
        }
        ServerCallStreamObserver<RangeStreamResponse> call = (ServerCallStreamObserver<RangeStreamResponse>) observer;
        StreamedRange range = new StreamedRange(call, Requests.operation(request), responses, background);
        call.setOnReadyHandler(range::ready);
        Runnable begin = () -> range.begin(store.snapshot());
        if (request.getSerializable()) {
            begin.run();
        } else {
            readIndex.await(new ReadCall(begin, reply(observer, outcome -> null)));
        }
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> observer) {
        if (!isRefused(RequestChecks.of(request), observer)) {
            write(
                    request,
                    Requests.operation(request),
                    reply(observer, outcome -> outcome instanceof Outcome.Put put ? responses.put(put) : null));
        }
    }

    @Override
    public void deleteRange(DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> observer) {
        if (!isRefused(RequestChecks.of(request), observer)) {
            write(
                    request,
                    Requests.operation(request),
                    reply(observer, outcome -> outcome instanceof Outcome.Deleted d ? responses.delete(d) : null));
        }
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
        if (isRefused(RequestChecks.of(request, limits.txnOperations()), observer)) {
            return;
        }
        Operation.Txn txn = Requests.operation(request);
        Reply<TxnResponse> reply =
                reply(observer, outcome -> outcome instanceof Outcome.Txn done ? responses.txn(txn, done) : null);
        if (!operations(request).allMatch(RequestOp::hasRequestRange)) {
            write(request, txn, reply);
            return;
        }
        boolean serializable =
                operations(request).allMatch(op -> op.getRequestRange().getSerializable());
        boolean small = Stream.concat(txn.success().stream(), txn.failure().stream())
                .allMatch(operation -> operation instanceof Operation.Range range && isSmall(range));
        read(serializable, small && txn.compares().isEmpty(), () -> store.read(txn), reply);
    }

    @Override
    public void compact(CompactionRequest request, StreamObserver<CompactionResponse> observer) {
        write(
                request,
                Requests.operation(request),
                reply(observer, outcome -> outcome instanceof Outcome.Compacted c ? responses.compaction(c) : null));
    }

    private static Stream<RequestOp> operations(TxnRequest request) {
        return Stream.concat(request.getSuccessList().stream(), request.getFailureList().stream());
    }

    /** A read of one key as it is now: a walk down the tree, in memory. */
    private static boolean isSmall(Operation.Range range) {
        return range.rangeEnd().isEmpty() && range.revision() <= 0;
    }

    private static boolean isRefused(@Nullable EtcdError error, StreamObserver<?> observer) {
        if (error == null) {
            return false;
        }
        observer.onError(error.exception());
        return true;
    }

    private <T> Reply<T> reply(StreamObserver<T> observer, Function<Outcome, @Nullable T> message) {
        return new Reply<>(observer, message, background);
    }

    private void write(MessageLite request, Operation operation, Reply<?> reply) {
        EtcdError error = Validation.check(operation, limits).map(EtcdError::of).orElse(null);
        int size = OperationSize.of(operation);
        if (error == null && (request.getSerializedSize() > MAX_REQUEST_BYTES || size > maxOperationBytes)) {
            error = EtcdError.REQUEST_TOO_LARGE;
        }
        if (error == null) {
            gateway.submit(new WriteCall(operation, size, reply, store));
        } else {
            reply.fail(error);
        }
    }

    private void read(boolean serializable, boolean small, Supplier<Outcome> outcome, Reply<?> reply) {
        Runnable answer = small ? () -> reply.answer(outcome.get()) : () -> reply.answerLater(outcome);
        if (serializable) {
            answer.run();
        } else {
            readIndex.await(new ReadCall(answer, reply));
        }
    }
}
