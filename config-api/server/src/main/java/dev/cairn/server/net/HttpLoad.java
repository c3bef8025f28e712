package dev.cairn.server.net;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the connections of a port, and the answers of HTTP on all of them, hold together, within bounds. From any thread. */
public final class HttpLoad {
    /**
     * Bounds.
     *
     * @param connections that may be open at a time, whatever they speak
     * @param answerBytes what may wait of answers that clients have not taken yet
     * @param patienceMillis how long a body may be on its way, and an answer may wait on top of what it needs at that rate
     * @param bytesPerSecond the rate
     */
    public record Limits(int connections, long answerBytes, long patienceMillis, long bytesPerSecond) {}

    private final Limits limits;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong answerBytes = new AtomicLong();
    private final LongAdder refusedConnections = new LongAdder();
    private final LongAdder refusedAnswers = new LongAdder();
    private final LongAdder untaken = new LongAdder();

    public HttpLoad(Limits limits) {
        this.limits = limits;
    }

    /** False if there are too many connections; else this one counts until it is closed. */
    boolean admit(Channel connection) {
        if (connections.incrementAndGet() > limits.connections()) {
            connections.decrementAndGet();
            refusedConnections.increment();
            return false;
        }
        connection.closeFuture().addListener(_ -> connections.decrementAndGet());
        return true;
    }

    /** False if {@code bytes} more would be too much; then nothing is taken. */
    public boolean take(long bytes) {
        if (answerBytes.addAndGet(bytes) <= limits.answerBytes()) {
            return true;
        }
        answerBytes.addAndGet(-bytes);
        refusedAnswers.increment();
        return false;
    }

    /** Takes, however much that is: for what is small, or cannot be kept back any more. */
    void add(long bytes) {
        answerBytes.addAndGet(bytes);
    }

    public void giveBack(long bytes) {
        answerBytes.addAndGet(-bytes);
    }

    public long patienceMillis() {
        return limits.patienceMillis();
    }

    /** How long {@code bytes} may wait for a client. */
    long patienceMillis(long bytes) {
        return limits.patienceMillis() + 1000 * bytes / limits.bytesPerSecond();
    }

    void wasNotTaken() {
        untaken.increment();
    }

    public int connections() {
        return connections.get();
    }

    public long answerBytes() {
        return answerBytes.get();
    }

    public long refusedConnections() {
        return refusedConnections.sum();
    }

    public long refusedAnswers() {
        return refusedAnswers.sum();
    }

    /** Answers that were given up because the client did not take them. */
    public long untaken() {
        return untaken.sum();
    }
}
