package dev.cairn.server.etcd;

import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.server.gateway.Call;
import dev.cairn.server.gateway.Refusal;

/** A write on its way through the log. */
record WriteCall(Operation operation, int sizeBytes, Reply<?> reply) implements Call {
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
