package dev.cairn.cli.changes;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code cairn guard}: what decides on keys. */
@Command(
        name = "guard",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(list | explain)",
        subcommands = {GuardListCommand.class, GuardExplainCommand.class},
        description = "Say whose signatures a change of a key needs. \"${ROOT-COMMAND-NAME} admin\" changes guards.",
        footer = {
            "",
            "For example:  ${ROOT-COMMAND-NAME} guard list",
            "              ${ROOT-COMMAND-NAME} guard explain prod/limit"
        })
public final class GuardCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "which of the two? list, explain");
    }
}
