package dev.cairn.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code cairn} says about itself; the work is done by its subcommands. */
@Command(
        name = "cairn",
        mixinStandardHelpOptions = true,
        versionProvider = CairnCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "A Byzantine-fault-tolerant cluster configuration store that speaks etcd's API.",
        footer = {
            "",
            "First steps:  ${ROOT-COMMAND-NAME} dev              four replicas on this machine",
            "              ${ROOT-COMMAND-NAME} put greeting hi  then: ${ROOT-COMMAND-NAME} get greeting",
            "              ${ROOT-COMMAND-NAME} status           how the cluster is",
            "",
            "Exit codes: 0 success, 1 failure, 2 a command line that makes no sense, 3 no answer: the cluster cannot be",
            "reached, has no quorum, or says nothing that is proven. Some commands have more: see their --help."
        })
final class CairnCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? " + String.join(", ", visibleCommands()));
    }

    private Iterable<String> visibleCommands() {
        return spec.subcommands().entrySet().stream()
                .filter(entry ->
                        !entry.getValue().getCommandSpec().usageMessage().hidden())
                .map(java.util.Map.Entry::getKey)
                .toList();
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = CairnCommand.class.getPackage().getImplementationVersion();
            return new String[] {"cairn " + (version == null ? "(unpacked build)" : version)};
        }
    }
}
