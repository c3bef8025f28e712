package dev.cairn.server.json;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What all requests of the gateway hold together, within bounds. From any thread. */
public final class GatewayLoad {
    private final int maxCalls;
    private final long maxBodyBytes;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicLong bodyBytes = new AtomicLong();

    /**
     * @param maxCalls requests that may be served at a time
     * @param maxBodyBytes what they may hold of bodies that are not complete
     */
    public GatewayLoad(int maxCalls, long maxBodyBytes) {
        this.maxCalls = maxCalls;
        this.maxBodyBytes = maxBodyBytes;
    }

    boolean enter() {
        if (calls.incrementAndGet() <= maxCalls) {
            return true;
        }
        calls.decrementAndGet();
        return false;
    }

    void leave() {
        calls.decrementAndGet();
    }

    /** False if {@code more} would be too much; then nothing is taken. Less is always taken. */
    boolean take(long more) {
        if (bodyBytes.addAndGet(more) <= maxBodyBytes || more <= 0) {
            return true;
        }
        bodyBytes.addAndGet(-more);
        return false;
    }

    public int calls() {
        return calls.get();
    }

    public long bodyBytes() {
        return bodyBytes.get();
    }
}
