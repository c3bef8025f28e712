package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisException;
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
            description =
                    "Who may sign what: the text of a governance, as `${ROOT-COMMAND-NAME} people --text` prints it;"
                            + " the cluster is not asked for it. Default: what is in force there, with proof.")
    private @Nullable Path file;

    /** Whether a file says it. */
    boolean isFromFile() {
        return file != null;
    }

    /** As the file says, or else as is in force in the cluster. */
    Governance inForce(ClusterOptions cluster) throws Failure, GenesisException, NotVerifiedException {
        if (file != null) {
            return read(file);
        }
        try (Cluster asked = cluster.open()) {
            return Ledger.of(asked).governance();
        }
    }

    /** As the file says, or else as the ledger does. */
    Governance inForce(Ledger ledger) throws Failure {
        return file == null ? ledger.governance() : read(file);
    }

    /** As the file says, or else as it was when the chain was founded; nobody is asked. */
    Governance unasked(Pin pin) throws Failure {
        return file == null ? Ledger.founding(pin) : read(file);
    }

    static Governance read(Path file) throws Failure {
        try {
            return Governance.parse(ChangeFiles.read(file, ChangeLimits.MAX_GOVERNANCE_BYTES));
        } catch (ChangeException e) {
            throw new Failure(file + ": " + e.getMessage(), e);
        }
    }
}
