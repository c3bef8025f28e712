package dev.cairn.server.etcd;

import dev.cairn.server.gateway.ReadIndex;
import dev.cairn.server.gateway.Refusal;

/** A read that waits for its linearizable point. */
record ReadCall(Runnable answer, Reply<?> reply) implements ReadIndex.Read {
    @Override
    public void proceed() {
        if (!reply.isAbandoned()) {
            answer.run();
        }
    }

    @Override
    public void refuse(Refusal why) {
        reply.fail(EtcdError.of(why));
    }
}
