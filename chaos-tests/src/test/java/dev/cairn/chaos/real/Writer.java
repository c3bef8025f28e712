package dev.cairn.chaos.real;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Puts one new key after the other through one endpoint, and remembers which puts were acknowledged. */
final class Writer implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    private final String prefix;
    private final KV kv;
    private final Map<String, String> acknowledged = new ConcurrentSkipListMap<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicLong longestGapNanos = new AtomicLong();
    private final Thread thread;
    private volatile boolean stopping;

    Writer(String prefix, KV kv) {
        this.prefix = prefix;
        this.kv = kv;
        this.thread = Thread.ofPlatform().name("writer-" + prefix).start(this::write);
    }

    private void write() {
        long last = System.nanoTime();
        for (int i = 0; !stopping; i++) {
            String key = prefix + "%06d".formatted(i);
            String value = "value of " + key;
            try {
                var _ = kv.put(ByteSequence.from(key, UTF_8), ByteSequence.from(value, UTF_8))
                        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                acknowledged.put(key, value);
                long now = System.nanoTime();
                long gap = now - last;
                longestGapNanos.accumulateAndGet(gap, Math::max);
                last = now;
            } catch (ExecutionException | TimeoutException e) {
                failures.add(key + ": " + (e.getCause() == null ? e : e.getCause()));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    String prefix() {
        return prefix;
    }

    int count() {
        return acknowledged.size();
    }

    Map<String, String> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** The longest time from one acknowledgement to the next, in milliseconds. */
    long longestGapMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestGapNanos.get());
    }

    /** Lets the put under way finish. */
    void stop() {
        stopping = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS + 5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
    }
}
