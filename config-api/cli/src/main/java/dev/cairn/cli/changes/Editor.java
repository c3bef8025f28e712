package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The editor that the user has set, called as git calls it. */
final class Editor {
    private Editor() {}

    /** What {@code text} was made into. */
    static String edit(String text) throws Failure {
        try {
            Path file = Files.createTempFile("cairn-draft", ".txt");
            try {
                Files.writeString(file, text);
                run(file);
                return Files.readString(file, StandardCharsets.UTF_8);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new Failure("the draft cannot be edited: " + e.getMessage(), e);
        }
    }

    private static void run(Path file) throws Failure, IOException {
        String editor = named().orElse("vi");
        int exitCode;
        try {
            exitCode = new ProcessBuilder("sh", "-c", editor + " \"$1\"", "sh", file.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted; nothing is drafted", e);
        }
        if (exitCode != 0) {
            throw new Failure("the editor \"" + editor + "\" ended with exit code " + exitCode
                    + "; nothing is drafted (set $EDITOR, or name operations such as --put KEY=VALUE)");
        }
    }

    /** Whether there is one that could be used: it was chosen, or there is a terminal for vi. */
    @SuppressWarnings("SystemConsoleNull") // It is null since Java 25 where standard input or output is no terminal.
    static boolean isAtHand() {
        Console console = System.console();
        return named().isPresent() || (console != null && console.isTerminal());
    }

    private static Optional<String> named() {
        for (String variable : new String[] {"VISUAL", "EDITOR"}) {
            String value = System.getenv(variable);
            if (value != null && !value.isBlank()) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
