package dev.cairn.cli;

import dev.cairn.client.Attempt;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Refusal;
import dev.cairn.genesis.GenesisException;
import dev.cairn.protocol.model.Digest;
import dev.cairn.server.config.StartupException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.ParameterException;

/** How errors read on a terminal. */
final class Messages {
    private Messages() {}

    /** How code that does not know how it was called begins a hint at another command. */
    private static final String HINT = "`cairn ";

    /** One line, whatever the exception's own message looks like. */
    static String oneLine(Throwable e) {
        String message = e instanceof NotVerifiedException refused
                ? anotherCluster(refused.attempts()).orElse(refused.getMessage() + Permission.hint(refused))
                : e.getMessage();
        String text = message == null || isUnexpected(e) ? "unexpected error: " + e : message;
        return text.strip().replaceAll("\\s*\\R\\s*", " ").replace(HINT, "`" + Launch.called() + " ");
    }

    /** That all who were asked are of one and the same other cluster: whoever asks has mistaken something. */
    static Optional<String> anotherCluster(List<Attempt> attempts) {
        Set<Refusal> refusals = attempts.stream().map(Attempt::refusal).collect(Collectors.toSet());
        if (refusals.size() == 1
                && refusals.iterator().next() instanceof Refusal.ForeignChain(Digest theirs, Digest pinned)) {
            return Optional.of("these replicas are of chain " + theirs.toHex() + ", your --pin is of chain "
                    + pinned.toHex() + ": wrong file, or wrong --endpoints?");
        }
        return Optional.empty();
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
