package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.Parameters;
import dev.cairn.server.config.NewCluster;
import dev.cairn.server.config.StartupException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    private Path cluster(Instant created) throws StartupException {
        new NewCluster("demo", created, Parameters.DEFAULT, NewCluster.local(4, 2379), Governance.OPEN)
                .create(temp.resolve("c"));
        return NewCluster.replicaDirectory(temp.resolve("c"), 2).resolve(NewCluster.CONFIG);
    }

    @Test
    void servesUntilItIsToldToStop() throws Exception {
        Path config = cluster(Instant.now());
        StringBuilder life = new StringBuilder();
        ServerCommand[] command = new ServerCommand[1];
        command[0] = new ServerCommand(settings -> {
            life.append("started ").append(settings.self().index());
            command[0].stop();
            return new ServerCommand.Running(new CompletableFuture<>(), () -> life.append(", stopped"));
        });
        Run run = Run.of(command[0], "--config=" + config);
        assertThat(run)
                .isEqualTo(new Run(
                        0,
                        "replica 2 of cluster \"demo\" serves clients on 127.0.0.1:2399, replicas on 127.0.0.1:2400\n",
                        ""));
        assertThat(life).hasToString("started 2, stopped");
        assertThat(config.resolveSibling("pid")).doesNotExist();
    }

    @Test
    void aReplicaThatEndsItselfEndsTheProcessAndSaysWhy() throws Exception {
        StringBuilder life = new StringBuilder();
        Run run = Run.of(
                new ServerCommand(settings -> new ServerCommand.Running(
                        CompletableFuture.completedFuture(Optional.of(new IllegalStateException("the disk is full"))),
                        () -> life.append("closed"))),
                "--config=" + cluster(Instant.now()));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("cairn: the replica has ended itself: the disk is full")
                .hasLineCount(1);
        assertThat(life).hasToString("closed");
    }

    @Test
    void anythingWrongIsOneLineAndExitCodeOne() throws Exception {
        Path config = cluster(Instant.now().plus(Duration.ofDays(1)));
        assertFails(config, "this machine's clock reads");
        assertFails(temp.resolve("none.conf"), "there is no such configuration file");
        Files.writeString(config, "replicas = 1\n");
        assertFails(config, "server.conf:1: unknown key \"replicas\"");
    }

    @Test
    void whatTheServerRefusesIsPassedOn() throws Exception {
        Path config = cluster(Instant.now());
        Run run = Run.of(
                new ServerCommand(settings -> {
                    throw new StartupException("port 2399 is taken; stop the other program");
                }),
                "--config=" + config);
        assertThat(run).isEqualTo(new Run(1, "", "cairn: port 2399 is taken; stop the other program\n"));
        assertThat(config.resolveSibling("pid")).doesNotExist();
    }

    private static void assertFails(Path config, String reason) {
        Run run = Run.of(
                new ServerCommand(settings -> {
                    throw new AssertionError("started");
                }),
                "--config=" + config);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("cairn: ").contains(reason).hasLineCount(1);
    }
}
