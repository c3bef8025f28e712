package dev.cairn.cli.bench;

import dev.cairn.genesis.json.Json;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Option;

/** Puts, gets, and mixtures of them: an optional filling of the key space, a warm-up, the measurement. */
abstract class KvWorkload extends Workload {
    private static final int FILLING_IN_FLIGHT = 64;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Operations that fall due in a second; 0 for as many as possible. Default: ${DEFAULT-VALUE}.")
    int ratePerSecond;

    abstract double putShare();

    abstract boolean serializable();

    /** Whether every key is written once before the run. */
    abstract boolean fills();

    @Override
    int ratePerSecond() {
        return ratePerSecond;
    }

    @Override
    void check() {
        keys.keys(load.seed);
        if (!(putShare() >= 0 && putShare() <= 1)) {
            throw new IllegalArgumentException("--put-ratio must be from 0 to 1");
        }
    }

    @Override
    Report.Outcome run(Stage stage) throws InterruptedException, TimeoutException {
        if (fills()) {
            Load filling = new Load(FILLING_IN_FLIGHT, Bound.ofOperations(keys.keySpace), 0);
            LoadResult filled = stage.push(
                    "filling",
                    filling,
                    KvOperations.puts(keys.keysInOrder(load.seed), target.timeoutNanos),
                    target.timeoutNanos);
            if (filled.successes() < keys.keySpace) {
                stage.err().println("cairn: not every key could be written before the run; nothing was measured");
                return new Report.Outcome(filled, 0, Optional.empty());
            }
        }
        long warmupErrors = 0;
        if (!load.warmup.isNone()) {
            warmupErrors = push(stage, "warm-up", load.warming(ratePerSecond), load.seed + 1)
                    .failures();
        }
        LoadResult measured = push(stage, "measured", load.measured(ratePerSecond), load.seed);
        return new Report.Outcome(measured, warmupErrors, Optional.empty());
    }

    private LoadResult push(Stage stage, String phase, Load pushed, long seed)
            throws InterruptedException, TimeoutException {
        KvOperations operations =
                new KvOperations(keys.keys(seed), putShare(), serializable(), fills(), target.timeoutNanos);
        return stage.push(phase, pushed, operations, target.timeoutNanos);
    }

    @Override
    void addSettings(Json.Builder settings) {
        settings.put("putPercent", Math.round(100 * putShare())).put("serializable", serializable());
    }
}
