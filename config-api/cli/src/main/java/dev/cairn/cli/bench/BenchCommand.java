package dev.cairn.cli.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code cairn bench}: measures any etcd v3 endpoint.
 *
 * <p>Exit codes: 0 the run went well, 1 more errors than allowed or a promise of the store was broken, 2 wrong use.
 */
@Command(
        name = "bench",
        description = {
            "Measures how fast an etcd v3 endpoint answers, and checks that it answers rightly.",
            "For example: ${ROOT-COMMAND-NAME} bench put. Options are those of each load: ${ROOT-COMMAND-NAME} bench put --help.",
            "Its keys stay in the store; to remove them: ${ROOT-COMMAND-NAME} del --prefix bench/"
        },
        synopsisSubcommandLabel = "LOAD",
        subcommands = {PutCommand.class, GetCommand.class, MixedCommand.class, WatchCommand.class},
        footer = {
            "",
            "Latencies are those of successful operations. With --rate they count from",
            "the time an operation was due, so a store that stalls cannot hide the",
            "waiting it caused.",
            "",
            "--json prints one object:",
            "  schema          cairn-bench/1",
            "  workload        put, get, mixed or watch",
            "  ok              whether the exit code is 0",
            "  settings        what was asked for; unreachableEndpoints were left out",
            "  elapsedMicros   from the first start to the last outcome, no warm-up",
            "  successes, throughputPerSecond",
            "  put, get        per kind: count, meanMicros, p50Micros, p90Micros,",
            "                  p99Micros, p999Micros, maxMicros",
            "  errorCount, warmupErrorCount",
            "                  failed operations, in and before the measurement",
            "  errors          per gRPC status code: count, and first: what the first",
            "                  one said",
            "  longestWriteGap the longest time without a successful write:",
            "                  startMicros after the start, lengthMicros; only where",
            "                  the load has writes",
            "  watch           for watch only: watchers, acknowledgedWrites, deliveries,",
            "                  deliveriesPerSecond, lost, duplicates, outOfOrder, and",
            "                  delivery: from the start of a put to its event, with the",
            "                  same fields as put and get",
            "",
            "Exit code: 0 all well; 1 more errors than --max-errors, or an event lost,",
            "repeated or out of order; 2 wrong use."
        })
public final class BenchCommand implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "which load? " + String.join(", ", spec.subcommands().keySet()));
    }
}
