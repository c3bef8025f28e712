package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "init",
                "genesis",
                "server",
                "dev",
                "status",
                "get",
                "list",
                "put",
                "del",
                "watch",
                "audit",
                "proof",
                "draft",
                "diff",
                "sign",
                "verify",
                "guard",
                "people",
                "allowed-signers",
                "push",
                "repo",
                "nodes",
                "import",
                "simulate"
            })
    void everyCommandHasHelp(String name) {
        Run run = run(name, "--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: cairn " + name);
    }

    @Test
    void helpListsTheCommandsAndNothingInternal() {
        assertThat(run("--help").out()).contains("init", "server", "status").doesNotContain(TrainingCommand.NAME);
        assertThat(run("--version").out()).startsWith("cairn ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "frobnicate", "--frobnicate"})
    void nonsenseIsExitCodeTwo(String argument) {
        Run run = argument.isEmpty() ? run() : run(argument);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("cairn: ").contains("Try: cairn --help");
    }

    @Test
    void anAuditThatCannotBeIsExitCodeTwo() {
        Run zero = Run.of(AuditCommand::new, "data", "--pin=none", "--from=0");
        assertThat(zero.exitCode()).isEqualTo(2);
        assertThat(zero.err()).startsWith("cairn: --from: the first block is 1");
        Run contradiction = Run.of(AuditCommand::new, "data", "--pin=none", "--from=2", "--writes=a");
        assertThat(contradiction.exitCode()).isEqualTo(2);
        assertThat(contradiction.err()).startsWith("cairn: --writes: ");
        Run unexecuted = Run.of(AuditCommand::new, "data", "--pin=none", "--from=2", "--changes");
        assertThat(unexecuted.exitCode()).isEqualTo(2);
        assertThat(unexecuted.err()).startsWith("cairn: --changes: ");
        Run nothingListed = Run.of(AuditCommand::new, "data", "--pin=none", "--person=alice");
        assertThat(nothingListed.exitCode()).isEqualTo(2);
        assertThat(nothingListed.err()).contains("add --changes");
    }

    @Test
    void helpIsACommandToo() {
        assertThat(run("help").out()).contains("status", "bench");
        assertThat(run("help", "get").out()).startsWith("Usage: cairn get");
    }

    @Test
    void hintsNameTheCommandAsItWasCalled() {
        System.setProperty(Launch.CALLED, "./cairn");
        try {
            assertThat(run("--help").out()).contains("Usage: ./cairn ", "First steps:  ./cairn dev ");
            assertThat(run("init", "--help").out()).contains("run `./cairn server --config");
            assertThat(run("stauts").err()).contains("Try: ./cairn --help");
            assertThat(run("server", "--config", "/nowhere").err()).contains("`./cairn init` writes one");
        } finally {
            System.clearProperty(Launch.CALLED);
        }
    }

    @Test
    void anUnknownCommandIsCalledThat() {
        assertThat(run("stauts").err()).startsWith("cairn: there is no command \"stauts\"");
    }

    @Test
    void aBadEnvironmentIsAUsersMistake() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "get",
                "a");
        builder.environment().put("CAIRN_ENDPOINTS", "foo:bar");
        Process process = builder.start();
        assertThat(process.errorReader().lines())
                .first(InstanceOfAssertFactories.STRING)
                .startsWith("cairn: $CAIRN_ENDPOINTS: \"foo:bar\" has no valid port");
        assertThat(process.waitFor()).isEqualTo(2);
    }

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine(arguments);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int exitCode = line.execute(arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
