package dev.cairn.cli.bench;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.mvccpb.KeyValue;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** A store of single keys that answers at once, or fails, as its script says. */
final class FakeStore extends KVGrpc.KVImplBase {
    final Map<ByteString, KeyValue> stored = new ConcurrentHashMap<>();
    final AtomicLong calls = new AtomicLong();
    final FakeWatches watches = new FakeWatches();

    private final LongFunction<Optional<Status>> script;

    /** The script is asked for each call, by its number from 0, and may let time pass or name a failure. */
    FakeStore(LongFunction<Optional<Status>> script) {
        this.script = script;
    }

    static FakeStore faultless() {
        return new FakeStore(_ -> Optional.empty());
    }

    static FakeStore slow(FakeClock clock, long nanos) {
        return new FakeStore(_ -> {
            clock.passNanos(nanos);
            return Optional.empty();
        });
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> answers) {
        Optional<Status> failure = script.apply(calls.getAndIncrement());
        if (failure.isPresent()) {
            answers.onError(failure.get().asRuntimeException());
            return;
        }
        KeyValue pair;
        synchronized (this) {
            pair = KeyValue.newBuilder()
                    .setKey(request.getKey())
                    .setValue(request.getValue())
                    .setModRevision(stored.size() + calls.get())
                    .build();
            stored.put(request.getKey(), pair);
            watches.tell(pair);
        }
        answers.onNext(PutResponse.getDefaultInstance());
        answers.onCompleted();
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> answers) {
        Optional<Status> failure = script.apply(calls.getAndIncrement());
        if (failure.isPresent()) {
            answers.onError(failure.get().asRuntimeException());
            return;
        }
        RangeResponse.Builder answer = RangeResponse.newBuilder();
        KeyValue pair = stored.get(request.getKey());
        if (pair != null) {
            answer.addKvs(pair).setCount(1);
        }
        answers.onNext(answer.build());
        answers.onCompleted();
    }
}
