package dev.cairn.cli;

import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.GenesisException;
import dev.cairn.server.config.StartupException;
import picocli.CommandLine.ParameterException;

/** How errors read on a terminal. */
final class Messages {
    private Messages() {}

    /** How code that does not know how it was called begins a hint at another command. */
    private static final String HINT = "`cairn ";

    /** One line, whatever the exception's own message looks like. */
    static String oneLine(Throwable e) {
        String message = e.getMessage();
        String text = message == null || isUnexpected(e) ? "unexpected error: " + e : message;
        return text.strip().replaceAll("\\s*\\R\\s*", " ").replace(HINT, "`" + Launch.called() + " ");
    }

    /** Whether this is a fault of the program, which deserves a stack trace, and not of its use or surroundings. */
    static boolean isUnexpected(Throwable e) {
        return !(e instanceof Failure
                || e instanceof StartupException
                || e instanceof GenesisException
                || e instanceof NotVerifiedException
                || e instanceof ParameterException);
    }
}
