package dev.cairn.cli.bench;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** Collects latencies from any thread; one thread reads, either what came since its last look or everything. */
final class LatencyRecorder {
    private static final long FINEST_NANOS = 1_000;
    private static final long LONGEST_NANOS = 600_000_000_000L;
    private static final int DIGITS = 3;

    private final Recorder recorder = new Recorder(FINEST_NANOS, LONGEST_NANOS, DIGITS);
    private final Histogram total = new Histogram(FINEST_NANOS, LONGEST_NANOS, DIGITS);
    private @Nullable Histogram interval;

    void record(long nanos) {
        recorder.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
    }

    /** What was recorded since the last call. */
    Latencies sinceLast() {
        Histogram latest = recorder.getIntervalHistogram(interval);
        interval = latest;
        total.add(latest);
        return Latencies.of(latest);
    }

    /** Everything that was recorded. */
    Latencies all() {
        sinceLast();
        return Latencies.of(total);
    }
}
