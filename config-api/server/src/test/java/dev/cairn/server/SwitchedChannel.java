package dev.cairn.server;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import java.util.concurrent.atomic.AtomicReference;

/** A replica that turns into another. */
final class SwitchedChannel extends Channel {
    private final AtomicReference<Channel> now;

    SwitchedChannel(AtomicReference<Channel> now) {
        this.now = now;
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        return now.get().newCall(method, options);
    }

    @Override
    public String authority() {
        return now.get().authority();
    }
}
