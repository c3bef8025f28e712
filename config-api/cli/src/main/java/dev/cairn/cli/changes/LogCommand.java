package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KeySpan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
    /** As where there is no such key. */
    private static final int NOTHING = 1;

    @Parameters(
            arity = "0..1",
            paramLabel = "PREFIX",
            description = "Only what may have changed a key that begins so. Default: everything, also what changed"
                    + " people and guards.")
    private @Nullable String prefix;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "The newest N; 0 for all.")
    private long limit;

    @Option(names = "--oneline", description = "A line for each change.")
    private boolean oneLine;

    @Option(
            names = "--export",
            paramLabel = "DIR",
            description = "Also write texts, signatures and allowed_signers into DIR, for bare ssh-keygen to check.")
    private @Nullable Path directory;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "auto, always or never. Default: ${DEFAULT-VALUE}, on a terminal and without $NO_COLOR.")
    @SuppressWarnings("NullAway.Init")
    private Paint.When color;

    @Option(names = "--json", description = "JSON, one change a line.")
    private boolean json;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        try (Cluster asked = cluster.open()) {
            Ledger ledger = Ledger.of(asked);
            List<LogEntry> entries = newestFirst(ledger);
            entries.forEach(this::print);
            if (directory != null) {
                Exported exported = Exported.into(directory);
                for (LogEntry entry : entries) {
                    exported.change(entry);
                }
                exported.close(ledger.governance().registry());
            }
            boolean doubted =
                    entries.stream().anyMatch(entry -> !entry.judgement().isAdmitted());
            return doubted ? Exits.REFUSED : entries.isEmpty() ? NOTHING : Exits.DONE;
        }
    }

    private List<LogEntry> newestFirst(Ledger ledger) throws Failure, NotVerifiedException {
        KeySpan wanted = KeySpan.prefix(OperationOptions.typed(prefix == null ? "" : prefix));
        GovernanceHistory governments = GovernanceHistory.of(ledger);
        List<LogEntry> entries = new ArrayList<>();
        for (ChangeRecord record : ledger.settled().reversed()) {
            boolean isFull = limit > 0 && entries.size() == limit;
            if (record.standing() == ChangeStanding.EXECUTED && !isFull) {
                LogEntry entry = LogEntry.of(record, ledger, governments);
                if (prefix == null || entry.touches(wanted)) {
                    entries.add(entry);
                }
            }
        }
        return entries;
    }

    private void print(LogEntry entry) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(entry.json().renderLine());
        } else if (oneLine) {
            out.println(entry.text().digest() + " " + entry.record().revision() + " "
                    + entry.text().author() + ": " + entry.text().reason());
        } else {
            entry.lines(Paint.of(color)).forEach(out::println);
            entry.operations().forEach(line -> out.println("  " + line));
            out.println();
        }
        out.flush();
    }
}
