package dev.cairn.cli.bench;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;

/**
 * Puts and gets of single keys.
 *
 * <p>When every key is known to be there, a linearizable get that finds nothing fails as DATA_LOSS: a store that answers
 * fast and wrongly must not look good here. Serializable gets may lawfully read an older state.
 *
 * @param putShare how much of the load is puts, from 0 to 1
 * @param allKeysExist whether every key of the key space was written before
 */
record KvOperations(KeySpace keys, double putShare, boolean serializable, boolean allKeysExist, long timeoutNanos)
        implements Operations {
    static KvOperations puts(KeySpace keys, long timeoutNanos) {
        return new KvOperations(keys, 1, false, false, timeoutNanos);
    }

    @Override
    public Kind kindOf(long index) {
        return keys.falls(index, putShare) ? Kind.PUT : Kind.GET;
    }

    @Override
    public void start(long index, Channel connection, StreamObserver<Object> outcome) {
        if (kindOf(index) == Kind.PUT) {
            put(connection, keys.keyOf(index), keys.valueOf(index), timeoutNanos, outcome);
        } else {
            get(index, connection, outcome);
        }
    }

    static void put(
            Channel connection, ByteString key, ByteString value, long timeoutNanos, StreamObserver<Object> outcome) {
        PutRequest request = PutRequest.newBuilder().setKey(key).setValue(value).build();
        ClientCalls.asyncUnaryCall(
                connection.newCall(KVGrpc.getPutMethod(), within(timeoutNanos)), request, new Forward<>(outcome));
    }

    private void get(long index, Channel connection, StreamObserver<Object> outcome) {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(keys.keyOf(index))
                .setSerializable(serializable)
                .build();
        StreamObserver<RangeResponse> observer =
                allKeysExist && !serializable ? new MustFind(outcome) : new Forward<>(outcome);
        ClientCalls.asyncUnaryCall(
                connection.newCall(KVGrpc.getRangeMethod(), within(timeoutNanos)), request, observer);
    }

    private static CallOptions within(long timeoutNanos) {
        return CallOptions.DEFAULT.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS);
    }

    /** Passes an outcome on; what was answered does not matter. */
    private record Forward<T>(StreamObserver<Object> outcome) implements StreamObserver<T> {
        @Override
        public void onNext(T answer) {}

        @Override
        public void onError(Throwable failure) {
            outcome.onError(failure);
        }

        @Override
        public void onCompleted() {
            outcome.onCompleted();
        }
    }

    private static final class MustFind implements StreamObserver<RangeResponse> {
        private final StreamObserver<Object> outcome;
        private boolean found;

        MustFind(StreamObserver<Object> outcome) {
            this.outcome = outcome;
        }

        @Override
        public void onNext(RangeResponse answer) {
            found = answer.getKvsCount() == 1;
        }

        @Override
        public void onError(Throwable failure) {
            outcome.onError(failure);
        }

        @Override
        public void onCompleted() {
            if (found) {
                outcome.onCompleted();
            } else {
                outcome.onError(Status.DATA_LOSS
                        .withDescription("a key that was written is not in the answer")
                        .asRuntimeException());
            }
        }
    }
}
