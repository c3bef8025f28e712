package dev.cairn.server.gateway;

import dev.cairn.kv.model.Outcome;
import java.util.concurrent.atomic.AtomicBoolean;

/** A call that was accepted; lets through only the first answer. */
final class PendingCall {
    final Call call;
    private final long sinceNanos;
    private final AtomicBoolean answered = new AtomicBoolean();

    PendingCall(Call call, long sinceNanos) {
        this.call = call;
        this.sinceNanos = sinceNanos;
    }

    void complete(Outcome outcome) {
        if (answered.compareAndSet(false, true)) {
            call.completed(outcome);
        }
    }

    void refuse(Refusal why) {
        if (answered.compareAndSet(false, true)) {
            call.refused(why);
        }
    }

    boolean isAnswered() {
        return answered.get();
    }

    /** Whether it was accepted at {@code nanos} or before. */
    boolean isSince(long nanos) {
        return sinceNanos - nanos <= 0;
    }
}
