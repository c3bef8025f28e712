package dev.cairn.server.metrics;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * etcd's histogram of the times for which leases were granted. It is written here because the registry gives no histogram a name
 * that ends with {@code _total}. Written by one thread, read by any.
 */
public final class LeaseTtls {
    private static final String NAME = "etcd_debugging_lease_ttl_total";

    /** The last ends at 2^23 s, about three months. */
    private static final int BUCKETS = 24;

    private final LongAdder[] counts =
            IntStream.rangeClosed(0, BUCKETS).mapToObj(_ -> new LongAdder()).toArray(LongAdder[]::new);
    private final LongAdder sumSeconds = new LongAdder();

    void granted(long seconds) {
        int bucket = seconds <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(seconds - 1);
        counts[Math.min(bucket, BUCKETS)].increment();
        sumSeconds.add(seconds);
    }

    /** As Prometheus reads it. */
    public String text() {
        StringBuilder text = new StringBuilder(2048)
                .append("# HELP ")
                .append(NAME)
                .append(" The times for which leases were granted, in seconds.\n")
                .append("# TYPE ")
                .append(NAME)
                .append(" histogram\n");
        long atMost = 0;
        for (int i = 0; i < BUCKETS; i++) {
            atMost += counts[i].sum();
            bucket(text, bound(1L << i), atMost);
        }
        atMost += counts[BUCKETS].sum();
        bucket(text, "+Inf", atMost);
        return text.append(NAME)
                .append("_sum ")
                .append(sumSeconds.sum())
                .append('\n')
                .append(NAME)
                .append("_count ")
                .append(atMost)
                .append('\n')
                .toString();
    }

    private static void bucket(StringBuilder text, String bound, long atMost) {
        text.append(NAME)
                .append("_bucket{le=\"")
                .append(bound)
                .append("\"} ")
                .append(atMost)
                .append('\n');
    }

    /** As Go prints the number. */
    private static String bound(long seconds) {
        return seconds < 1_000_000
                ? Long.toString(seconds)
                : "%d.%06de+06".formatted(seconds / 1_000_000, seconds % 1_000_000);
    }
}
