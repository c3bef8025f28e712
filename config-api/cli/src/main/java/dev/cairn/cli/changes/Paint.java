package dev.cairn.cli.changes;

import java.io.Console;

/** Colours as git's diff has them, or none. */
enum Paint {
    PLAIN,
    COLOURED;

    /** When to colour, as options have it. */
    enum When {
        AUTO,
        ALWAYS,
        NEVER
    }

    static Paint of(When when) {
        return switch (when) {
            case ALWAYS -> COLOURED;
            case NEVER -> PLAIN;
            case AUTO -> isWanted() ? COLOURED : PLAIN;
        };
    }

    /** On a terminal, unless its user wants none (no-color.org). */
    @SuppressWarnings("SystemConsoleNull") // It is null since Java 25 where standard input or output is no terminal.
    private static boolean isWanted() {
        String no = System.getenv("NO_COLOR");
        Console console = System.console();
        return console != null && console.isTerminal() && (no == null || no.isEmpty());
    }

    String bold(String text) {
        return in("1", text);
    }

    String red(String text) {
        return in("31", text);
    }

    String green(String text) {
        return in("32", text);
    }

    String cyan(String text) {
        return in("36", text);
    }

    private String in(String code, String text) {
        return this == PLAIN ? text : "\033[" + code + "m" + text + "\033[m";
    }
}
