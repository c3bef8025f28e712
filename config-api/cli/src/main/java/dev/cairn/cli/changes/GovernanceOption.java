package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.guard.Governance;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who governs. */
final class GovernanceOption {
    @Option(
            names = "--governance",
            paramLabel = "FILE",
            description = "Who may sign what: the text of a governance, as docs/changes.md has it.")
    private @Nullable Path file;

    Governance read() throws Failure {
        if (file == null) {
            throw new Failure("the genesis document names nobody who signs; say who governs with --governance FILE");
        }
        try {
            return Governance.parse(ChangeFiles.read(file, ChangeLimits.MAX_TEXT_BYTES));
        } catch (ChangeException e) {
            throw new Failure(file + ": " + e.getMessage(), e);
        }
    }
}
