package dev.cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    @ParameterizedTest
    @ValueSource(strings = {"init", "server", "dev", "status", "get", "put", "del", "watch"})
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

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine(arguments);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int exitCode = line.execute(arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
