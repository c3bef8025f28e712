package dev.cairn.cli;

import dev.cairn.agent.Agent;
import dev.cairn.agent.AgentConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        subcommands = AgentStatusCommand.class,
        synopsisSubcommandLabel = "[status]",
        description = {
            "Give the programs of this node verified configuration, on a Unix socket, until told to stop (SIGTERM, Ctrl-C).",
            "docs/agent.md shows the configuration file and the pages."
        })
final class AgentCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "The agent's configuration file.")
    private @Nullable Path config;

    /** For tests, whose agents must not outlive them, not even when they are killed. */
    @Option(names = "--until-stdin-closes", hidden = true)
    private boolean untilStdinCloses;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (config == null) {
            throw new ParameterException(spec.commandLine(), "which agent? Name its configuration file with --config");
        }
        AgentConfig settings = AgentConfig.load(config);
        Logging.toStandardOutput();
        Logging.quietConnections();
        PrintWriter out = spec.commandLine().getOut();
        try (Lifetime lifetime = new Lifetime();
                Agent _ = Agent.start(settings)) {
            lifetime.endWithProcess();
            if (untilStdinCloses) {
                lifetime.endWithInput();
            }
            out.println(
                    "agent of cluster \"" + settings.pin().document().cluster() + "\" serves on " + settings.socket());
            out.flush();
            lifetime.awaitEnd();
        }
        return 0;
    }
}
