package dev.cairn.cli.repo;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code cairn repo}: trees of files that were published with {@code cairn push}. */
@Command(
        name = "repo",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(list | log | show | export)",
        subcommands = {RepoListCommand.class, RepoLogCommand.class, RepoShowCommand.class, RepoExportCommand.class},
        description = "Read repositories, which `${ROOT-COMMAND-NAME} push` makes, with proof.",
        footer = {"", "For example:  ${ROOT-COMMAND-NAME} repo export web /srv/playbooks"})
public final class RepoCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "which of them? list, log, show, export");
    }
}
