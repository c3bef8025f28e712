package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Bytes;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who governs. */
final class GovernanceOption {
    @Option(
            names = "--governance",
            paramLabel = "FILE",
            description = "Who may sign what: the text of a governance, as docs/changes.md has it.")
    private @Nullable Path file;

    /** As the file says, or else as is in force in the cluster. */
    Governance inForce(ClusterOptions cluster) throws Failure, GenesisException, NotVerifiedException {
        if (file != null) {
            return read();
        }
        try (Cluster asked = cluster.open()) {
            return inForce(asked);
        }
    }

    /** As the file says, or else as is in force in the cluster. */
    Governance inForce(Cluster asked) throws Failure, NotVerifiedException {
        Optional<Bytes> changed = file == null ? asked.governance() : Optional.empty();
        return changed.isPresent() ? parse("the cluster's governance", changed.get()) : read();
    }

    Governance read() throws Failure {
        if (file == null) {
            throw new Failure("the genesis document names nobody who signs; say who governs with --governance FILE");
        }
        return parse(file, ChangeFiles.read(file, ChangeLimits.MAX_GOVERNANCE_BYTES));
    }

    private static Governance parse(Object where, Bytes text) throws Failure {
        try {
            return Governance.parse(text);
        } catch (ChangeException e) {
            throw new Failure(where + ": " + e.getMessage(), e);
        }
    }
}
