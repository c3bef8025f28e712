package dev.cairn.agent.etcd;

import dev.cairn.server.etcd.EtcdError;
import io.grpc.Status;

/** Ends a call with a status that etcd's clients understand. */
final class RefusedCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Status status;

    RefusedCallException(Status status) {
        super(status.getDescription());
        this.status = status;
    }

    static RefusedCallException of(EtcdError error) {
        return new RefusedCallException(error.status());
    }

    Status status() {
        return status;
    }
}
