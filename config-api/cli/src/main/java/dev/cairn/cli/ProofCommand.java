package dev.cairn.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code cairn proof}: answers in files, for whoever asks later or has no way to the cluster. */
@Command(
        name = "proof",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(save | check)",
        subcommands = {ProofSaveCommand.class, ProofCheckCommand.class},
        description = "Keep an answer of the cluster in a file with all that proves it, and check such a file offline.",
        footer = {
            "",
            "For example:  ${ROOT-COMMAND-NAME} proof save greeting greeting.proof",
            "              ${ROOT-COMMAND-NAME} proof check greeting.proof --pin genesis.json"
        })
final class ProofCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "which of the two? save, check");
    }
}
