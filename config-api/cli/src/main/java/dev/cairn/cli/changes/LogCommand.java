package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.model.KeySpan;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = {
            "Show the signed changes that were executed, the newest first: who, when, why, and who approved.",
            "It is proven that none is left out, and every signature is verified once more, here. Changes that a signed"
                    + " compaction has let be forgotten are in the log of blocks: cairn audit lists them."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:shown",
            "1:a failure, or there is none",
            "2:a command line that makes no sense",
            "3:no answer that is proven",
            "4:shown, and of one the signatures do not hold or do not suffice"
        })
public final class LogCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "PREFIX",
            description = "Only what may have changed a key that begins so. Default: everything, also what changed"
                    + " people and guards.")
    private @Nullable String prefix;

    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        try (Cluster asked = cluster.open()) {
            Optional<KeySpan> keys =
                    prefix == null ? Optional.empty() : Optional.of(KeySpan.prefix(OperationOptions.typed(prefix)));
            int shown = log.show(Ledger.of(asked), keys, LogOptions.Detail.OPERATIONS);
            if (shown == Exits.NOTHING) {
                tellNothing();
            }
            return shown;
        }
    }

    private void tellNothing() {
        PrintWriter err = spec.commandLine().getErr();
        err.println(
                prefix == null
                        ? "cairn: no change was executed"
                        : "cairn: no change was executed of a key that begins with \"" + prefix + "\"");
        err.flush();
    }
}
