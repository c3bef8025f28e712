package dev.cairn.kv;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Optional;

/** What a signed text finds in the state, and what it does there. */
interface TextExecution {
    static TextExecution of(Draft draft, ReadText text) {
        return switch (text.content()) {
            case Change change -> new ChangeExecution(draft, change);
            case AdminChange change -> new AdminExecution(draft, change, text.digest());
        };
    }

    /** Whether this block has no time for it; then nothing else is asked. */
    default boolean isTooMuch() {
        return false;
    }

    /** What in the state is not as the text expects it to be. */
    List<Objection> conflicts();

    /**
     * Does all of it. Nothing conflicts.
     *
     * @param values of the puts, in their order
     * @return why the store has no room for it; then it is for the caller to undo what was done
     */
    Optional<Outcome.Failed> write(Writer writer, List<Bytes> values);
}
