package dev.cairn.server.net;

import io.netty.channel.ChannelFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that were sent on an answer and have not left the process, and gives the answer up when they do not
 * leave. On the connection's thread.
 */
final class Outflow {
    /** Above this much the sender had better wait. */
    private static final int HIGH_BYTES = 64 << 10;

    private static final HttpReply NO_ROOM =
            HttpReply.text(503, "too much waits for clients that do not take their answers; ask again, or for less\n");

    private final HttpLoad load;
    private final ScheduledExecutorService thread;
    private final Runnable writable;
    private final Runnable untaken;
    private long waiting;
    private long partsSent;
    private long partsLeft;
    private @Nullable ScheduledFuture<?> patience;

    /**
     * @param writable called when little waits again, after much did
     * @param untaken called when the client has not taken a part in time: ends the answer
     */
    Outflow(HttpLoad load, ScheduledExecutorService thread, Runnable writable, Runnable untaken) {
        this.load = load;
        this.thread = thread;
        this.writable = writable;
        this.untaken = untaken;
    }

    boolean isWritable() {
        return waiting < HIGH_BYTES;
    }

    /** The answer, which is counted from now on; or if there is no room for it, one that says so. */
    HttpReply admitted(HttpReply whole) {
        if (load.take(whole.body().size())) {
            return whole;
        }
        load.add(NO_ROOM.body().size());
        return NO_ROOM;
    }

    /** A part was sent that comes after others, and that nobody can keep back any more. */
    void sentNext(int bytes, ChannelFuture write) {
        load.add(bytes);
        sent(bytes, write);
    }

    /** Something was sent that is counted already. */
    void sent(int bytes, ChannelFuture write) {
        waiting += bytes;
        partsSent++;
        write.addListener(_ -> left(bytes));
        beginPatience();
    }

    private void left(int bytes) {
        load.giveBack(bytes);
        boolean before = isWritable();
        waiting -= bytes;
        partsLeft++;
        if (partsLeft == partsSent && patience != null) {
            patience.cancel(false);
            patience = null;
        }
        if (!before && isWritable()) {
            writable.run();
        }
    }

    private void beginPatience() {
        if (patience == null && partsLeft < partsSent) {
            long until = partsLeft + 1;
            patience = thread.schedule(() -> endPatience(until), load.patienceMillis(waiting), TimeUnit.MILLISECONDS);
        }
    }

    private void endPatience(long until) {
        patience = null;
        if (partsLeft < until) {
            load.wasNotTaken();
            untaken.run();
        } else {
            beginPatience();
        }
    }
}
