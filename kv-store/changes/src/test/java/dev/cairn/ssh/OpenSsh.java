package dev.cairn.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The OpenSSH that is installed here. */
public final class OpenSsh {
    /** Continuous integration sets it: there, that OpenSSH is missing is a failure. */
    private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("CAIRN_REQUIRE_OPENSSH"));

    private static final long LIMIT_SECONDS = 60;

    private OpenSsh() {}

    public record Result(int exitCode, String output) {}

    /** Skips the test where there is no ssh-keygen, unless it must be there. */
    public static void require() {
        boolean there = List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "ssh-keygen")));
        if (REQUIRED) {
            assertThat(there)
                    .as("ssh-keygen is on the PATH; install openssh-client")
                    .isTrue();
        }
        assumeThat(there)
                .as("skipped: no ssh-keygen on the PATH; install openssh-client to compare with it")
                .isTrue();
    }

    public static Result run(Path directory, Map<String, String> environment, Path input, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(input.toFile());
        builder.environment().putAll(environment);
        Path output = Files.createTempFile(directory, "output", ".txt");
        Process process = builder.redirectOutput(output.toFile()).start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " did not end");
        }
        return new Result(process.exitValue(), Files.readString(output));
    }

    static void succeed(Path directory, String... command) throws IOException, InterruptedException {
        Result result = run(directory, Map.of(), Path.of("/dev/null"), command);
        assertThat(result.exitCode()).as(result.output()).isZero();
    }
}
