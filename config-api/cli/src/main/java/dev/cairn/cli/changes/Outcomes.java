package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.kv.model.Outcome;
import java.io.PrintWriter;

/** How commands that change something end. */
final class Outcomes {
    private Outcomes() {}

    /**
     * Tells what became of it; returns the exit code.
     *
     * @param waiting what was known of it before
     * @param toWithdraw whether it was to be withdrawn rather than executed
     */
    static int tell(PrintWriter out, Outcome.Change outcome, Waiting waiting, boolean json, boolean toWithdraw)
            throws Failure {
        if (json) {
            out.println(StandingText.json(outcome, waiting).renderLine());
        } else {
            StandingText.of(outcome, waiting).forEach(out::println);
        }
        out.flush();
        return switch (outcome.standing()) {
            case PENDING -> Exits.DONE;
            case EXECUTED -> toWithdraw ? Exits.REFUSED : Exits.DONE;
            case WITHDRAWN -> toWithdraw ? Exits.DONE : Exits.REFUSED;
            case REFUSED, CONFLICTED -> Exits.REFUSED;
        };
    }
}
