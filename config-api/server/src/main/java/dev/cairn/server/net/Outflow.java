package dev.cairn.server.net;

import io.netty.channel.ChannelFuture;

/** Counts the bytes that were sent on an answer and have not left the process. On the connection's thread. */
final class Outflow {
    /** Above this much the sender had better wait. */
    private static final int HIGH_BYTES = 64 << 10;

    private final Runnable writable;
    private long waiting;

    /** @param writable called when little waits again, after much did */
    Outflow(Runnable writable) {
        this.writable = writable;
    }

    boolean isWritable() {
        return waiting < HIGH_BYTES;
    }

    void sent(int bytes, ChannelFuture write) {
        waiting += bytes;
        write.addListener(_ -> left(bytes));
    }

    private void left(int bytes) {
        boolean before = isWritable();
        waiting -= bytes;
        if (!before && isWritable()) {
            writable.run();
        }
    }
}
