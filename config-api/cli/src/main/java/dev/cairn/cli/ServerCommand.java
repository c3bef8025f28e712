package dev.cairn.cli;

import dev.cairn.server.Supervisor;
import dev.cairn.server.config.ServerConfig;
import dev.cairn.server.config.StartupException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        description = {
            "Run one replica until it is told to stop (SIGTERM, Ctrl-C).",
            "`${ROOT-COMMAND-NAME} init` writes the configuration file; comments in it explain every key."
        })
final class ServerCommand implements Callable<Integer> {
    /**
     * A replica that has started.
     *
     * @param terminated done when it has ended, with the fatal error if it did not end by being closed
     * @param closing ends it; returns when all is on disk
     */
    record Running(CompletableFuture<Optional<Throwable>> terminated, Runnable closing) implements AutoCloseable {
        @Override
        public void close() {
            closing.run();
        }
    }

    interface Starter {
        Running start(ServerConfig config) throws StartupException;
    }

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The replica's configuration file.")
    @SuppressWarnings("NullAway.Init")
    private Path config;

    /** For {@code cairn dev}, whose replicas must not outlive it, not even when it is killed. */
    @Option(names = "--until-stdin-closes", hidden = true)
    private boolean untilStdinCloses;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Starter starter;
    private final Lifetime lifetime = new Lifetime();

    ServerCommand() {
        this(config -> {
            Logging.toStandardOutput();
            Supervisor replica = Supervisor.start(config);
            return new Running(replica.terminated(), replica::close);
        });
    }

    ServerCommand(Starter starter) {
        this.starter = starter;
    }

    @Override
    public Integer call() throws Exception {
        ServerConfig settings = ServerConfig.load(config);
        settings.requireSaneClock(Instant.now());
        settings.claimData();
        PrintWriter out = spec.commandLine().getOut();
        try (Lifetime _ = lifetime;
                PidFile _ = PidFile.claim(
                        settings.pidFile(), "replica " + settings.self().index());
                Running running = starter.start(settings)) {
            lifetime.endWithProcess();
            if (untilStdinCloses) {
                lifetime.endWithInput();
            }
            out.println("replica " + settings.self().index() + " of cluster \""
                    + settings.genesis().cluster() + "\" serves clients on " + settings.clientListen()
                    + ", replicas on " + settings.peerListen());
            out.flush();
            var _ = running.terminated().thenRun(this::stop);
            lifetime.awaitEnd();
            requireNoFatal(running.terminated().getNow(Optional.empty()));
        }
        return 0;
    }

    private static void requireNoFatal(Optional<Throwable> fatal) throws Failure {
        if (fatal.isPresent()) {
            Throwable cause = fatal.get();
            throw new Failure(
                    "the replica has ended itself: "
                            + Objects.requireNonNullElse(cause.getMessage(), cause.toString())
                            + "; what it promised is on disk",
                    cause);
        }
    }

    /** Makes a running {@link #call} return. */
    void stop() {
        lifetime.end();
    }
}
