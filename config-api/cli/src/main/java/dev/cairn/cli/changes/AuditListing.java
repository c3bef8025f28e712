package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.cli.Output;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which of the audited changes are listed, how, and where they are written for others to check. */
public final class AuditListing {
    /** What a change is listed under: each person who signed it, or each guard or open place that decided on it. */
    enum Grouping {
        PERSON,
        PREFIX
    }

    @Option(
            names = "--changes",
            description = "List the signed changes that were executed: when, by whom, who approved, why, and what.")
    private boolean list;

    @Option(
            names = "--prefix",
            paramLabel = "PREFIX",
            description = "Of them only what may have written a key that begins so.")
    private @Nullable String prefix;

    @Option(
            names = "--person",
            paramLabel = "NAME",
            description = "Of them only what that person has written or approved.")
    private @Nullable String person;

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            description = "List them under each \"person\" who signed, or under each \"prefix\" that decided.")
    private @Nullable Grouping grouping;

    @Option(
            names = "--export",
            paramLabel = "DIR",
            description =
                    "Also write their texts, signatures and allowed_signers into DIR, for bare ssh-keygen to check.")
    private @Nullable Path directory;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /**
     * Refuses options that contradict each other.
     *
     * @param executes whether blocks are executed again, without which there is nothing to list
     */
    public void requireSense(boolean executes) {
        boolean wantsMore = prefix != null || person != null || grouping != null;
        if (wantsMore && !list && directory == null) {
            throw misused("--prefix, --person and --by say which changes are listed, and how; add --changes");
        }
        if ((list || directory != null) && !executes) {
            throw misused("--changes: changes come out of executing the blocks, and that only from the first one on;"
                    + " leave --from out");
        }
    }

    private ParameterException misused(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    /** Begins the list. */
    public AuditedChanges begin(Output output, boolean json) throws Failure {
        return new AuditedChanges(
                new AuditedChanges.Wanted(
                        list,
                        OperationOptions.typed(prefix == null ? "" : prefix),
                        Optional.ofNullable(person),
                        Optional.ofNullable(grouping)),
                output,
                json,
                directory == null ? Optional.empty() : Optional.of(Exported.into(directory)));
    }
}
