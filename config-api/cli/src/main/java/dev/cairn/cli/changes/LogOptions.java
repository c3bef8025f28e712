package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KeySpan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How executed changes are shown, and how many. */
public final class LogOptions {
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

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** What is said of what a change did. */
    public enum Detail {
        /** Each line of it. */
        OPERATIONS,
        /** How many of which kind. */
        COUNTS
    }

    /**
     * Shows the changes that may have written one of the keys, and returns the exit code.
     *
     * @param keys nothing for all changes, also of the governance
     */
    public int show(Ledger ledger, Optional<KeySpan> keys, Detail detail) throws Failure, NotVerifiedException {
        List<LogEntry> entries = newestFirst(ledger, keys);
        entries.forEach(entry -> print(entry, detail));
        if (directory != null) {
            Exported exported = Exported.into(directory);
            for (LogEntry entry : entries) {
                exported.change(entry);
            }
            exported.close(ledger.governance().registry());
        }
        boolean doubted = entries.stream().anyMatch(entry -> !entry.judgement().isAdmitted());
        return doubted ? Exits.REFUSED : entries.isEmpty() ? Exits.NOTHING : Exits.DONE;
    }

    private List<LogEntry> newestFirst(Ledger ledger, Optional<KeySpan> keys) throws Failure, NotVerifiedException {
        GovernanceHistory governments = GovernanceHistory.of(ledger);
        List<LogEntry> entries = new ArrayList<>();
        for (ChangeRecord record : ledger.settled().reversed()) {
            boolean isFull = limit > 0 && entries.size() == limit;
            if (record.standing() == ChangeStanding.EXECUTED && !isFull) {
                LogEntry entry = LogEntry.of(record, ledger, governments);
                if (keys.isEmpty() || entry.touches(keys.get())) {
                    entries.add(entry);
                }
            }
        }
        return entries;
    }

    private void print(LogEntry entry, Detail detail) {
        PrintWriter out = command.commandLine().getOut();
        if (json) {
            out.println(entry.json().renderLine());
        } else if (oneLine) {
            out.println(entry.text().digest() + " " + entry.record().revision() + " "
                    + entry.text().author() + ": " + entry.text().reason());
        } else {
            entry.lines(Paint.of(color)).forEach(out::println);
            switch (detail) {
                case OPERATIONS -> entry.operations().forEach(line -> out.println("  " + line));
                case COUNTS -> out.println("  " + entry.counts());
            }
            out.println();
        }
        out.flush();
    }
}
