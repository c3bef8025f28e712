package dev.cairn.agent.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** What may be under way at a time and for how long, and how much is. */
public final class Load {
    public static final int MAX_CONNECTIONS = 256;
    public static final int MAX_REQUESTS = 64;
    public static final int MAX_STREAMS = 64;

    /** Each has a thread of the system. */
    public static final int MAX_SESSIONS = 8;

    /** Then a connection that is a stream of bytes is closed, whatever it moves. */
    public static final Duration MAX_SESSION_TIME = Duration.ofMinutes(2);

    final Duration sessionTime;
    final Semaphore connections = new Semaphore(MAX_CONNECTIONS);
    final Semaphore requests = new Semaphore(MAX_REQUESTS);
    final Semaphore streams = new Semaphore(MAX_STREAMS);
    final Semaphore sessions = new Semaphore(MAX_SESSIONS);
    final AtomicLong refusedPeers = new AtomicLong();

    public Load() {
        this(MAX_SESSION_TIME);
    }

    Load(Duration sessionTime) {
        this.sessionTime = sessionTime;
    }

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

    /** Connections that are a stream of bytes. */
    public int sessions() {
        return MAX_SESSIONS - sessions.availablePermits();
    }

    /** Connections of users who may not connect. */
    public long refusedPeers() {
        return refusedPeers.get();
    }
}
