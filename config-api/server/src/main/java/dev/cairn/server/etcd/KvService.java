package dev.cairn.server.etcd;

import com.google.protobuf.MessageLite;
import dev.cairn.kv.Limits;
import dev.cairn.kv.Validation;
import dev.cairn.kv.auth.Caller;
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
import dev.cairn.server.auth.Credentials;
import dev.cairn.server.auth.Identity;
import dev.cairn.server.gateway.Gateway;
import dev.cairn.server.gateway.ReadIndex;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * etcd's KV service: writes go through the gateway, reads through the read index, unless the client is content with
 * what this replica has. Runs on the transport's threads and blocks none of them.
 */
public final class KvService extends KVGrpc.KVImplBase {
    private final Gateway gateway;
    private final ReadIndex readIndex;
    private final Store store;
    private final Access access;
    private final Responses responses;
    private final Background background;
    private final Limits limits;
    private final int maxClientBytes;
    private final int maxOperationBytes;

    /**
     * Serves from the start.
     *
     * @param maxClientBytes what one message of a client may be
     * @param maxOperationBytes what fits into one request of consensus
     * @param background does what may take long: big ranges, values from disk
     */
    public KvService(
            Gateway gateway,
            ReadIndex readIndex,
            Store store,
            Access access,
            Headers headers,
            Background background,
            Limits limits,
            int maxClientBytes,
            int maxOperationBytes) {
        this.gateway = gateway;
        this.readIndex = readIndex;
        this.store = store;
        this.access = access;
        this.responses = new Responses(store::value, headers);
        this.background = background;
        this.limits = limits;
        this.maxClientBytes = maxClientBytes;
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
        read(request.getSerializable(), isSmall(range), caller -> store.read(caller, range), reply);
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
        Credentials credentials = Credentials.current();
        Reply<RangeStreamResponse> reply = reply(observer, outcome -> null);
        Runnable begin = () -> {
            switch (access.identify(credentials)) {
                case Identity.BadToken _ -> reply.fail(EtcdError.INVALID_AUTH_TOKEN);
                case Identity.Known(Optional<Caller> caller) -> range.begin(store.snapshot(caller));
            }
        };
        if (request.getSerializable()) {
            begin.run();
        } else {
            readIndex.await(new ReadCall(begin, reply));
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
        read(serializable, small && txn.compares().isEmpty(), caller -> store.read(caller, txn), reply);
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
        Optional<EtcdError> error = Validation.check(operation, limits).map(EtcdError::of);
        if (error.isPresent()) {
            reply.fail(error.get());
            return;
        }
        Optional<Operation> asked = access.asked(Credentials.current(), operation);
        if (asked.isEmpty()) {
            reply.fail(EtcdError.INVALID_AUTH_TOKEN);
            return;
        }
        int size = OperationSize.of(asked.get());
        if (request.getSerializedSize() > maxClientBytes || size > maxOperationBytes) {
            reply.fail(EtcdError.REQUEST_TOO_LARGE);
        } else {
            gateway.submit(new WriteCall(asked.get(), size, reply, store));
        }
    }

    private void read(
            boolean serializable, boolean small, Function<Optional<Caller>, Outcome> outcome, Reply<?> reply) {
        Credentials credentials = Credentials.current();
        Runnable answer = () -> {
            switch (access.identify(credentials)) {
                case Identity.BadToken _ -> reply.fail(EtcdError.INVALID_AUTH_TOKEN);
                case Identity.Known(Optional<Caller> caller) -> {
                    if (small) {
                        reply.answer(outcome.apply(caller));
                    } else {
                        reply.answerLater(() -> outcome.apply(caller));
                    }
                }
            }
        };
        if (serializable) {
            answer.run();
        } else {
            readIndex.await(new ReadCall(answer, reply));
        }
    }
}
