package dev.cairn.cli.bench;

import dev.cairn.cli.bench.Operations.Kind;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.SortedMap;

/** Told once a second how a run goes. */
interface Progress {
    /**
     * How it went in the last second.
     *
     * @param elapsedNanos since the start of the run
     * @param latest of the operations that succeeded since the last report
     * @param errorsSoFar of the whole run
     */
    void report(long elapsedNanos, SortedMap<Kind, Latencies> latest, long errorsSoFar);

    /** Says nothing. */
    static Progress silent() {
        return (elapsedNanos, latest, errorsSoFar) -> {};
    }

    /** One line a second. */
    static Progress lines(PrintWriter out, String phase) {
        return (elapsedNanos, latest, errorsSoFar) -> {
            StringBuilder line = new StringBuilder();
            line.append(String.format(Locale.ROOT, "%-8s %4.0f s", phase, elapsedNanos / 1e9));
            if (latest.isEmpty()) {
                line.append("  nothing succeeded");
            }
            latest.forEach((kind, latencies) -> line.append(String.format(
                    Locale.ROOT,
                    "  %s %d/s p50 %.2f ms p99 %.2f ms",
                    kind.label(),
                    latencies.count(),
                    latencies.p50Millis(),
                    latencies.p99Millis())));
            out.println(line.append("  errors ").append(errorsSoFar));
            out.flush();
        };
    }
}
