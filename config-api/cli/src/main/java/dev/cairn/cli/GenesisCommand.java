package dev.cairn.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code cairn genesis}: the document that a cluster is founded with. */
@Command(
        name = "genesis",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "show",
        subcommands = GenesisShowCommand.class,
        description = "Read the document that a cluster is founded with.",
        footer = {"", "For example:  ${ROOT-COMMAND-NAME} genesis show .cairn-dev/genesis.json"})
final class GenesisCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say: show FILE");
    }
}
