package dev.cairn.agent.etcd;

import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Refusal;
import dev.cairn.server.etcd.EtcdError;
import io.grpc.Status;

/** What an etcd client hears where nothing was proven. */
final class Unanswered {
    private Unanswered() {}

    /** Clients try again what is unavailable; what all replicas say is not permitted they do not. */
    static Status status(NotVerifiedException why) {
        return isDenied(why)
                ? EtcdError.PERMISSION_DENIED.status()
                : Status.UNAVAILABLE.withDescription(why.getMessage());
    }

    static boolean isDenied(NotVerifiedException why) {
        return why.declined()
                .filter(declined -> declined.why() == Refusal.Why.NOT_PERMITTED)
                .isPresent();
    }
}
