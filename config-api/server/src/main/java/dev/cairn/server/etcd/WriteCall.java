package dev.cairn.server.etcd;

import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.server.gateway.Call;
import dev.cairn.server.gateway.Refusal;

/**
 * A write on its way through the log.
 *
 * @param store says which guard refused it: the log's word is only that one did
 */
record WriteCall(Operation operation, int sizeBytes, Reply<?> reply, Store store) implements Call {
    @Override
    public boolean isAbandoned() {
        return reply.isAbandoned();
    }

    @Override
    public void completed(Outcome outcome) {
        if (outcome instanceof Outcome.Failed(var _, KvError error) && error == KvError.GUARDED) {
            reply.fail(EtcdError.guarded(store.needsSignatures(operation)));
        } else {
            reply.answer(outcome);
        }
    }

    @Override
    public void refused(Refusal why) {
        reply.fail(EtcdError.of(why));
    }
}
