package dev.cairn.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import picocli.CommandLine;

/** What one command line did. */
public record Run(int exitCode, String out, String err) {
    public static Run of(Function<Output, Object> command, String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.configured(new CommandLine(command.apply(new Output(bytes))))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        int exitCode = line.execute(arguments);
        return new Run(exitCode, bytes.toString(StandardCharsets.UTF_8) + out, err.toString());
    }

    public static Run of(Object command, String... arguments) {
        return of(output -> command, arguments);
    }
}
