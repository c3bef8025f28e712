package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.cairn.ssh.SshPublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keys that real ssh-keygen makes, and what it says. */
final class SshKeys {
    private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("CAIRN_REQUIRE_OPENSSH"));

    private final Path directory;

    SshKeys(Path directory) {
        this.directory = directory;
    }

    /** Skips the test where there is no ssh-keygen, unless it must be there. */
    static void require() {
        boolean there = List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                .anyMatch(path -> Files.isExecutable(Path.of(path, "ssh-keygen")));
        assertThat(there || !REQUIRED).as("ssh-keygen is on the PATH").isTrue();
        assumeThat(there).as("skipped: no ssh-keygen on the PATH").isTrue();
    }

    Path make(String name) throws IOException, InterruptedException {
        Path file = directory.resolve(name);
        assertThat(run(Path.of("/dev/null"), "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file.toString()))
                .isZero();
        return file;
    }

    static SshPublicKey publicKey(Path file) throws Exception {
        return SshPublicKey.parseLine(Files.readString(Path.of(file + ".pub")));
    }

    /** Returns ssh-keygen's exit code. */
    int run(Path input, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ssh-keygen"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("ssh-keygen.log").toFile())
                .start()
                .waitFor();
    }
}
