package dev.cairn.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Show view, primary, and every replica's health, height, lag and state root.",
            "Exit code 0 when a quorum is healthy, in one view, and no two replicas contradict each other; else 1."
        })
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private Endpoints endpoints = new Endpoints();

    @Option(
            names = "--json",
            description = "One JSON object: view, primary, replicas with id, endpoint, healthy, height, stateRoot and"
                    + " more.")
    private boolean json;

    private final Output output;

    StatusCommand() {
        this(Output.standard());
    }

    StatusCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws Failure, InterruptedException {
        try (Channels channels = endpoints.channels()) {
            ClusterStatus status = new StatusPoll(channels, endpoints.timeout()).ask(endpoints.list());
            output.line((json ? StatusRendering.json(status).render() : StatusRendering.table(status)).stripTrailing());
            output.flush();
            return status.isGood() ? 0 : Main.FAILURE;
        }
    }
}
