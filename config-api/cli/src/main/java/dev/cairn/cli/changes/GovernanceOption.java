package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.Pin;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.guard.Governance;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who governs, where no replica is asked. */
final class GovernanceOption {
    @Option(
            names = "--governance",
            paramLabel = "FILE",
            description =
                    "Where no replica is asked: who may sign what, as \"${ROOT-COMMAND-NAME} people --text\" prints"
                            + " it. Default: as in the genesis document, before anybody changed it.")
    private @Nullable Path file;

    boolean isNamed() {
        return file != null;
    }

    Governance read(Pin pin) throws Failure {
        if (file == null) {
            throw new Failure("the genesis document of chain " + pin.chainId() + " names nobody; use --governance");
        }
        try {
            return Governance.parse(ChangeFiles.read(file, ChangeLimits.MAX_TEXT_BYTES));
        } catch (ChangeException e) {
            throw new Failure(file + ": " + e.getMessage(), e);
        }
    }
}
