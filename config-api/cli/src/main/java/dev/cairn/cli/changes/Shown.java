package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.Change;
import java.util.List;

/** What a change would do as things are now. */
sealed interface Shown {
    List<String> lines(Paint paint);

    /** What stands against it beside signatures, in lines. */
    List<String> objections();

    Json json();

    /** Whether it would not be executed as things are, whoever signed. */
    default boolean conflicts() {
        return !objections().isEmpty();
    }

    static Shown of(Proposal proposal, Ledger ledger) throws NotVerifiedException, Failure {
        if (proposal.text() instanceof Change change) {
            return new OfKeys(ChangeDiff.of(change, proposal.values().orElseThrow(), ledger.at()));
        }
        throw new Failure("a change of governance cannot be shown yet; read its text");
    }

    record OfKeys(ChangeDiff diff) implements Shown {
        @Override
        public List<String> lines(Paint paint) {
            return DiffText.of(diff, paint);
        }

        @Override
        public List<String> objections() {
            return diff.conflicts().stream()
                    .map(conflict -> "conflict: " + DiffText.sentence(conflict))
                    .toList();
        }

        @Override
        public Json json() {
            return DiffJson.of(diff);
        }
    }
}
