package dev.cairn.server.etcd;

import dev.cairn.kv.Operation;
import dev.cairn.kv.Outcome;
import dev.cairn.server.gateway.Call;
import dev.cairn.server.gateway.Refusal;

/** A write on its way through the log. */
record WriteCall(Operation operation, int sizeBytes, Reply<?> reply) implements Call {
    /** What a write costs beyond its message. */
    static final int OVERHEAD_BYTES = 32;

    @Override
    public boolean isAbandoned() {
        return reply.isAbandoned();
    }

    @Override
    public void completed(Outcome outcome) {
        reply.answer(outcome);
    }

    @Override
    public void refused(Refusal why) {
        reply.fail(EtcdError.of(why));
    }
}
