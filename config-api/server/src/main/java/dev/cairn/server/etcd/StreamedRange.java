package dev.cairn.server.etcd;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.RangeStreamResponse;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.Background;
import dev.cairn.server.watch.GoneException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A range that is answered in parts, all of one state. The next part is read when the client has taken what came before:
 * a list of any length needs the memory of one part. One thread at a time sends; which one that is changes.
 */
final class StreamedRange {
    /** As etcd: small at first, then such that a part is about as large as a request may be. */
    private static final long FIRST_PART_KEYS = 10;

    private static final long PART_BYTES = 1_536 << 10;

    private final ServerCallStreamObserver<RangeStreamResponse> call;
    private final Operation.Range range;
    private final Responses responses;
    private final Background background;
    /** Above zero while a task is to come or runs; then it alone touches the fields below. */
    private final AtomicInteger wakeUps = new AtomicInteger();

    private volatile Function<Operation.Range, Outcome> state = unread -> {
        throw new IllegalStateException("not begun");
    };
    private volatile boolean isBegun;

    private Bytes from;
    private long left;
    private long partKeys;
    private long revision;
    private long count;
    private boolean isDone;

    /** Waits for {@link #begin}. */
    StreamedRange(
            ServerCallStreamObserver<RangeStreamResponse> call,
            Operation.Range range,
            Responses responses,
            Background background) {
        this.call = call;
        this.range = range;
        this.responses = responses;
        this.background = background;
        this.from = range.key();
        this.left = range.limit() > 0 ? range.limit() : Long.MAX_VALUE;
        this.partKeys = range.countOnly() ? left : Math.min(FIRST_PART_KEYS, left);
    }

    /** Sends what {@code snapshot} holds. */
    void begin(Function<Operation.Range, Outcome> snapshot) {
        state = snapshot;
        isBegun = true;
        ready();
    }

    /** The client takes more. */
    void ready() {
        if (isBegun && wakeUps.getAndIncrement() == 0) {
            schedule();
        }
    }

    private void schedule() {
        OwedWork.offer(background, call, this::send);
    }

    /** One part, so that long lists take turns. */
    private void send() {
        int seen = wakeUps.get();
        if (!isDone && call.isReady()) {
            sendPart();
        }
        boolean goesOn = !isDone && call.isReady();
        if (goesOn || (wakeUps.addAndGet(-seen) != 0 && !isDone)) {
            schedule();
        }
    }

    private void sendPart() {
        Operation.Range part = part();
        try {
            switch (state.apply(part)) {
                case Outcome.Ranged ranged -> send(part, ranged);
                case Outcome.Failed failed -> fail(EtcdError.of(failed.error()));
                case Outcome other -> throw new AssertionError("an outcome of another kind: " + other);
            }
        } catch (GoneException e) {
            fail(EtcdError.COMPACTED);
        }
    }

    private void fail(EtcdError error) {
        isDone = true;
        call.onError(error.exception());
    }

    private void send(Operation.Range part, Outcome.Ranged ranged) {
        if (revision == 0) {
            revision = ranged.revision();
            count = ranged.count();
        }
        left -= ranged.versions().size();
        RangeResponse.Builder keys = responses.part(part, ranged);
        isDone = !ranged.more() || left == 0;
        if (isDone) {
            keys.setHeader(responses.header(revision)).setMore(ranged.more()).setCount(count);
        }
        RangeResponse response = keys.build();
        call.onNext(RangeStreamResponse.newBuilder().setRangeResponse(response).build());
        if (isDone) {
            call.onCompleted();
        } else {
            from = after(ranged);
            partKeys = Math.min(left, nextPartKeys(response));
        }
    }

    /** The last need not be the highest: a part may be sorted otherwise. */
    private static Bytes after(Outcome.Ranged ranged) {
        Bytes last = ranged.versions().stream()
                .map(KeyVersion::key)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return Bytes.wrap(Arrays.copyOf(last.shared(), last.size() + 1));
    }

    private long nextPartKeys(RangeResponse sent) {
        long bytes = sent.getSerializedSize();
        if (bytes < PART_BYTES / 2) {
            return 2 * partKeys;
        }
        return bytes > 2 * PART_BYTES ? Math.max(1, partKeys / 2) : partKeys;
    }

    private Operation.Range part() {
        return new Operation.Range(
                from,
                range.rangeEnd(),
                partKeys == Long.MAX_VALUE ? 0 : partKeys,
                range.revision(),
                range.order(),
                range.target(),
                range.keysOnly(),
                range.countOnly(),
                range.minModRevision(),
                range.maxModRevision(),
                range.minCreateRevision(),
                range.maxCreateRevision());
    }
}
