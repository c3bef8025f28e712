package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.Main;
import dev.cairn.genesis.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands take from their surroundings, each in a process with surroundings of its own. */
class AgentAndEditorTest {
    private static final Path VECTORS = Path.of("..", "..", "docs", "vectors", "saved-proofs.json");
    private static final Path NOTHING = Path.of("/dev/null");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path alice;

    @BeforeEach
    void setUp() throws Exception {
        SshKeys.require();
        alice = new SshKeys(directory).make("alice");
        Json.Fields vectors = (Json.Fields) Json.parse(Files.readString(VECTORS));
        Json text = Optional.ofNullable(vectors.values().get("genesis")).orElseThrow();
        Files.writeString(directory.resolve("genesis.json"), ((Json.Text) text).value());
        Files.writeString(
                directory.resolve("governance"),
                "cairn-governance-1\nperson alice\nkey alice "
                        + SshKeys.publicKey(alice).line()
                        + "\nopen prefix app/\n");
    }

    private record Ended(int exitCode, String output) {}

    private Ended cairn(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--pin", "genesis.json", "--governance", "governance"));
        return run(environment, command);
    }

    private Ended run(Map<String, String> environment, List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(NOTHING.toFile())
                .redirectErrorStream(true);
        builder.environment().remove("SSH_AUTH_SOCK");
        builder.environment().put("HOME", directory.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private Path editor(String script) throws IOException {
        Path file = Files.writeString(directory.resolve("editor"), "#!/bin/sh\n" + script);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void theEditorWritesTheDraftAndTheAgentSignsIt() throws Exception {
        Path socket = directory.resolve("agent");
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("agent.log").toFile())
                .start();
        try {
            Map<String, String> environment = Map.of(
                    "SSH_AUTH_SOCK",
                    socket.toString(),
                    "VISUAL",
                    editor("printf 'reason by hand\\nput app/a%%20b 1\\n' > \"$1\"\n")
                            .toString());
            // 2 means that the agent cannot be reached yet, 1 that it has no keys.
            while (run(environment, List.of("ssh-add", "-l")).exitCode() == 2) {
                assertThat(agent.isAlive())
                        .as(Files.readString(directory.resolve("agent.log")))
                        .isTrue();
            }
            assertThat(run(environment, List.of("ssh-add", "-q", "alice")).exitCode())
                    .isZero();
            Files.delete(alice);

            Ended drafted = cairn(environment, "draft", "--base", "1");
            assertThat(drafted.exitCode()).as(drafted.output()).isZero();
            assertThat(Files.readString(directory.resolve("change.txt")))
                    .contains("\nauthor alice\nreason by hand\nput app/a%20b 1 ");
            Ended signed = cairn(environment, "sign", "change.txt");
            assertThat(signed.exitCode()).as(signed.output()).isZero();
            assertThat(cairn(environment, "verify", "change.txt").output()).contains("signed by alice", "complete");
        } finally {
            agent.destroy();
            agent.waitFor();
        }
    }

    @Test
    void withoutAReasonOrAnEditorThatWorksNothingIsDrafted() throws Exception {
        Ended empty = cairn(Map.of("VISUAL", editor("exit 0\n").toString()), "draft", "--base", "1");
        assertThat(empty.output()).isEqualTo("cairn: the reason is empty; nothing is drafted\n");
        Ended failed = cairn(Map.of("VISUAL", "false"), "draft", "--base", "1");
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.output())
                .startsWith("cairn: the editor \"false\" ended with exit code 1")
                .hasLineCount(1);
        assertThat(directory.resolve("change.txt")).doesNotExist();
    }

    @Test
    void whereNothingCanBeEditedAnOperationIsAskedFor() throws Exception {
        Ended ended = cairn(Map.of("VISUAL", "", "EDITOR", ""), "draft", "--base", "1", "-m", "why");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output()).startsWith("cairn: name an operation such as --put KEY=VALUE\n");
    }

    @Test
    void whereNobodyIsRegisteredNobodyIsTheAuthor() throws Exception {
        Files.writeString(directory.resolve("governance"), "cairn-governance-1\nopen prefix app/\n");
        Ended ended = cairn(Map.of(), "draft", "--base", "1", "--put", "app/a=1", "-m", "why");
        assertThat(ended.output()).isEqualTo("cairn: this cluster has no people; see `cairn init --person`\n");
    }

    @Test
    void keysAreThoseInTheHomeThatTheShellKnows() throws Exception {
        Path ssh = Files.createDirectory(directory.resolve(".ssh"));
        Files.move(alice, ssh.resolve("id_ed25519"));
        Files.move(directory.resolve("alice.pub"), ssh.resolve("id_ed25519.pub"));
        Ended drafted = cairn(Map.of(), "draft", "--base", "1", "--put", "app/a=1", "-m", "why");
        assertThat(drafted.output()).contains("1 operation by alice");
        assertThat(cairn(Map.of(), "sign", "change.txt").output()).contains("signed by alice");
    }

    @Test
    void withoutAKeyOrWithoutSshKeygenOneLineSaysWhatToDo() throws Exception {
        Ended anonymous = cairn(Map.of(), "draft", "--base", "1", "--put", "app/a=1", "-m", "why");
        assertThat(anonymous.output())
                .startsWith("cairn: who is the author? No key")
                .hasLineCount(1);
        cairn(Map.of("CAIRN_AUTHOR", "alice"), "draft", "--base", "1", "--put", "app/a=1", "-m", "why");
        Ended keyless = cairn(Map.of(), "sign", "change.txt");
        assertThat(keyless.exitCode()).isEqualTo(1);
        assertThat(keyless.output())
                .contains("cairn: none of the 0 keys in ssh-agent and ~/.ssh is registered as alice");
        Ended without = cairn(Map.of("PATH", "/nowhere"), "sign", "change.txt", "--key", "alice");
        assertThat(without.output().lines()).last().asString().startsWith("cairn: there is no ssh-keygen");
    }
}
