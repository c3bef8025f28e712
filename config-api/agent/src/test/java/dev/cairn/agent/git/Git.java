package dev.cairn.agent.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.cairn.agent.http.AllowedUids;
import dev.cairn.agent.http.Load;
import dev.cairn.agent.http.LocalServer;
import dev.cairn.agent.http.Query;
import dev.cairn.agent.http.Reply;
import dev.cairn.client.repo.RepositoryName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** The git and python3 of this machine, fetching through git-remote-cairn from a socket of this process. */
final class Git implements AutoCloseable {
    /** Continuous integration sets it: there, that one of them is missing is a failure. */
    private static final boolean REQUIRED = Boolean.parseBoolean(System.getenv("CAIRN_REQUIRE_ANSIBLE"));

    private static final int PATIENCE_SECONDS = 60;

    private final Path socket;
    private final LocalServer server;

    /** @param output all of it, with what was said beside it */
    record Ended(int exitCode, String output) {}

    Git(Path directory, Projections projections) throws Exception {
        socket = directory.resolve("s");
        server = LocalServer.start(
                socket, OptionalInt.empty(), new AllowedUids.Any(), query -> page(projections, query), new Load());
    }

    private static Reply page(Projections projections, Query query) {
        String name = query.bytes("repo").orElseThrow().toUtf8();
        return new Reply.Switch("git-upload-pack", new UploadSession(projections, new RepositoryName(name)));
    }

    /** Skips the test where one of them is missing, unless they must be there. */
    static void require() {
        List<String> path =
                Arrays.asList(System.getenv().getOrDefault("PATH", "").split(":"));
        boolean isThere = List.of("git", "python3").stream()
                .allMatch(each -> path.stream().anyMatch(at -> Files.isExecutable(Path.of(at, each))));
        if (REQUIRED) {
            assertThat(isThere)
                    .as("git and python3 are on the PATH; install them")
                    .isTrue();
        }
        assumeThat(isThere).as("skipped: no git, or no python3, on the PATH").isTrue();
    }

    /** Where git-remote-cairn is. */
    private static Path programs() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("deploy/ansible/bin/git-remote-cairn"))) {
            at = at.getParent();
            if (at == null) {
                throw new AssertionError("deploy/ansible/bin/git-remote-cairn is not in any directory above");
            }
        }
        return at.resolve("deploy/ansible/bin");
    }

    Ended run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "CAIRN_AGENT_SOCKET", socket.toString(),
                        "PATH", programs() + ":" + System.getenv("PATH"),
                        "HOME", "/nonexistent",
                        "GIT_CONFIG_NOSYSTEM", "1",
                        "LC_ALL", "C"));
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command + " does not end");
        }
        return new Ended(process.exitValue(), output);
    }

    /** What git says when it ends well. */
    String succeed(String... arguments) throws IOException, InterruptedException {
        Ended ended = run(arguments);
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        return ended.output();
    }

    @Override
    public void close() {
        server.close();
    }
}
