package dev.cairn.cli.repo;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Cluster;
import dev.cairn.cli.changes.ClusterOptions;
import dev.cairn.cli.changes.Snapshot;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.client.repo.Tree;
import dev.cairn.client.repo.TreeException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.kv.model.KeyValue;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which repository is read, and as of when. */
final class RepositoryOptions {
    @Parameters(index = "0", paramLabel = "NAME", converter = NameConverter.class, description = "The repository.")
    @SuppressWarnings("NullAway.Init")
    private RepositoryName name;

    @Option(names = "--rev", paramLabel = "REVISION", description = "As it was at this revision.")
    private long revision;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /**
     * A repository as it was read, with proof that nothing is left out.
     *
     * @param revision at which one of its keys was last written
     */
    record Read(RepositoryName name, Tree tree, long revision) {}

    RepositoryName name() {
        return name;
    }

    Read read() throws Failure, GenesisException, NotVerifiedException {
        if (revision < 0) {
            throw new ParameterException(command.commandLine(), "--rev: no revision is negative");
        }
        try (Cluster asked = cluster.open()) {
            Snapshot at = revision == 0 ? asked.now() : asked.at(revision);
            List<KeyValue> records = at.list(name.span());
            if (records.isEmpty()) {
                throw new Failure("there is no repository " + name + " at revision " + at.revision());
            }
            long newest =
                    records.stream().mapToLong(KeyValue::modRevision).max().orElseThrow();
            return new Read(name, Tree.ofRecords(name, records), newest);
        } catch (TreeException e) {
            throw new Failure("repository " + name + " is no tree of files: " + e.getMessage(), e);
        }
    }
}
