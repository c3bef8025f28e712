package dev.cairn.cli.repo;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Cluster;
import dev.cairn.cli.changes.ClusterOptions;
import dev.cairn.cli.changes.Ledger;
import dev.cairn.cli.changes.LogOptions;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.genesis.GenesisException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = {
            "Show the signed changes of a repository, the newest first: who, when, why, who approved, and of how many keys.",
            "It is proven that none is left out, and every signature is verified once more, here. What each did:"
                    + " `${ROOT-COMMAND-NAME} log /repos/NAME/`."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:shown",
            "1:a failure, or there is none",
            "2:a command line that makes no sense",
            "3:no answer that is proven",
            "4:shown, and of one the signatures do not hold or do not suffice"
        })
final class RepoLogCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", converter = NameConverter.class, description = "The repository.")
    @SuppressWarnings("NullAway.Init")
    private RepositoryName name;

    @Mixin
    private LogOptions log = new LogOptions();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Override
    public Integer call() throws Failure, GenesisException, NotVerifiedException {
        try (Cluster asked = cluster.open()) {
            return log.show(Ledger.of(asked), Optional.of(name.span()), LogOptions.Detail.COUNTS);
        }
    }
}
