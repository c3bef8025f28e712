package dev.cairn.cli.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
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
    abstract double ratePerSecond();

    /** Refuses settings that make no sense, by an IllegalArgumentException, before anything is connected. */
    abstract void check();

    /** Runs warm-up and measurement. */
    abstract Report.Outcome run(Stage stage) throws InterruptedException, TimeoutException;

    /** Settings of this workload alone, for the report. */
    abstract Map<String, Object> ownSettings();

    @Override
    public Integer call() throws IOException, InterruptedException, TimeoutException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            target.check();
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

    private Map<String, Object> settings(Connections connections) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put(
                "endpoints", target.endpoints().stream().map(Endpoint::toString).toList());
        settings.put(
                "unreachableEndpoints",
                connections.unreachable().stream()
                        .map(Endpoint::toString)
                        .distinct()
                        .toList());
        settings.put("connections", connections.reachable().size());
        settings.put("clients", load.clients);
        settings.put("ratePerSecond", ratePerSecond());
        settings.put("keySpace", keys.keySpace);
        settings.put("keySizeBytes", keys.keySizeBytes);
        settings.put("valueSizeBytes", keys.valueSizeBytes);
        settings.put("timeoutMillis", target.timeoutNanos / 1_000_000);
        settings.putAll(ownSettings());
        return settings;
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
