package dev.cairn.cli.bench;

import dev.cairn.genesis.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all workloads do alike: connect, run, print, and say by the exit code whether it went well. */
abstract class Workload implements Callable<Integer> {
    @Mixin
    TargetOptions target = new TargetOptions();

    @Mixin
    LoadOptions load = new LoadOptions();

    @Mixin
    KeyOptions keys = new KeyOptions();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** The name in reports. */
    abstract String name();

    /** Operations that fall due in a second, or 0 for as many as possible. */
    abstract int ratePerSecond();

    /** Refuses settings that make no sense, by an IllegalArgumentException, before anything is connected. */
    abstract void check();

    /** Runs warm-up and measurement. */
    abstract Report.Outcome run(Stage stage) throws InterruptedException, TimeoutException;

    /** Adds the settings of this workload alone to those that are reported. */
    abstract void addSettings(Json.Builder settings);

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            target.check();
            load.check();
            check();
            load.measured(ratePerSecond());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        try (Connections connections = target.open();
                BenchClock.SystemClock clock = BenchClock.system()) {
            connections.unreachable().forEach(endpoint -> err.println("cairn: cannot connect to " + endpoint));
            if (connections.reachable().isEmpty()) {
                return ExitCodes.FAILED;
            }
            Report report = new Report(name(), settings(connections), run(new Stage(connections, clock, err)));
            out.println(load.json ? report.json(load.maxErrors) : report.text(load.maxErrors));
            out.flush();
            return report.isGood(load.maxErrors) ? ExitCodes.OK : ExitCodes.FAILED;
        }
    }

    private Json.Fields settings(Connections connections) {
        Json.Builder settings = Json.object()
                .put("endpoints", texts(target.endpoints()))
                .put("unreachableEndpoints", texts(connections.unreachable()))
                .put("connections", connections.reachable().size())
                .put("clients", load.clients)
                .put("ratePerSecond", ratePerSecond())
                .put("keySpace", keys.keySpace)
                .put("keySizeBytes", keys.keySizeBytes)
                .put("valueSizeBytes", keys.valueSizeBytes)
                .put("timeoutMillis", target.timeoutNanos / 1_000_000);
        addSettings(settings);
        return settings.build();
    }

    private static List<Json> texts(List<Endpoint> endpoints) {
        return endpoints.stream()
                .map(Endpoint::toString)
                .distinct()
                .map(Json::text)
                .toList();
    }

    /** What a run is performed with. */
    record Stage(Connections connections, BenchClock clock, PrintWriter err) {
        LoadResult push(String phase, Load load, Operations operations, long timeoutNanos)
                throws InterruptedException, TimeoutException {
            return LoadRun.start(load, operations, connections.reachable(), clock)
                    .await(timeoutNanos, Progress.lines(err, phase));
        }
    }
}
