package dev.cairn.cli.bench;

import io.grpc.Channel;
import io.grpc.stub.StreamObserver;

/** What a load consists of: the n-th operation, started without waiting for it. */
interface Operations {
    /** What an operation does to the store; latencies are kept apart by it. */
    enum Kind {
        PUT,
        GET;

        String label() {
            return this == PUT ? "put" : "get";
        }
    }

    /** Which kind the n-th operation is of; always the same answer for the same number. */
    Kind kindOf(long index);

    /** Starts the n-th operation on the connection; exactly one of onCompleted and onError must follow. */
    void start(long index, Channel connection, StreamObserver<Object> outcome);
}
