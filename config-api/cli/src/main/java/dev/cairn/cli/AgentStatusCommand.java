package dev.cairn.cli;

import dev.cairn.agent.AgentConfig;
import dev.cairn.genesis.json.Json;
import dev.cairn.server.config.StartupException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Show what this node's agent knows: its newest verified head, its copies, and whom it did not believe.",
            "Exit code 0 when it reaches the cluster, 3 when it does not, 1 when there is no agent."
        })
final class AgentStatusCommand implements Callable<Integer> {
    private static final Path SOCKET = Path.of("/run/cairn/agent.sock");
    private static final int OK = 200;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The agent's configuration file, which names its socket.")
    private @Nullable Path config;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "The agent's socket. Default: /run/cairn/agent.sock.")
    private @Nullable Path socket;

    @Option(names = "--json", description = "JSON, on one line.")
    private boolean json;

    private final Output output;

    AgentStatusCommand() {
        this(Output.standard());
    }

    AgentStatusCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws Failure, StartupException {
        LocalPage page = LocalPage.get(socketPath(), "/v1/status");
        if (page.status() != OK) {
            throw new Failure(
                    "the agent answers " + page.status() + ": " + page.body().strip());
        }
        try {
            Json status = Json.parse(page.body());
            output.line((json ? status.renderLine() : status.render()).stripTrailing());
            output.flush();
            return isReachable(status) ? 0 : Main.NO_ANSWER;
        } catch (Json.MalformedException e) {
            throw new Failure("what serves on " + socketPath() + " is no agent: " + e.getMessage(), e);
        }
    }

    private Path socketPath() throws StartupException {
        if (socket != null) {
            return socket;
        }
        return config == null ? SOCKET : AgentConfig.load(config).socket();
    }

    private static boolean isReachable(Json status) {
        return status instanceof Json.Fields(var fields) && Json.flag(true).equals(fields.get("reachable"));
    }
}
