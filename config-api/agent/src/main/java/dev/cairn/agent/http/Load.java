package dev.cairn.agent.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** What may be under way at a time, and how much is. */
public final class Load {
    public static final int MAX_CONNECTIONS = 256;
    public static final int MAX_REQUESTS = 64;
    public static final int MAX_STREAMS = 64;

    final Semaphore connections = new Semaphore(MAX_CONNECTIONS);
    final Semaphore requests = new Semaphore(MAX_REQUESTS);
    final Semaphore streams = new Semaphore(MAX_STREAMS);
    final AtomicLong refusedPeers = new AtomicLong();

    /** A user who may not connect was turned away. */
    public void refusePeer() {
        refusedPeers.incrementAndGet();
    }

    public int connections() {
        return MAX_CONNECTIONS - connections.availablePermits();
    }

    public int requests() {
        return MAX_REQUESTS - requests.availablePermits();
    }

    public int streams() {
        return MAX_STREAMS - streams.availablePermits();
    }

    /** Connections of users who may not connect. */
    public long refusedPeers() {
        return refusedPeers.get();
    }
}
