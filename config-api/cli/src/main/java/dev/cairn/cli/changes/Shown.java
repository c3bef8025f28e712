package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.guard.Amendment;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Objection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        return switch (proposal.text()) {
            case Change change ->
                new OfKeys(ChangeDiff.of(change, proposal.values().orElseThrow(), ledger.at()));
            case AdminChange admin -> OfGovernance.of(admin, ledger);
        };
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

    /**
     * A change of who governs.
     *
     * @param after nothing if it would not be executed, and then {@code against} says why
     */
    record OfGovernance(Governance before, Optional<Governance> after, List<Objection> against) implements Shown {
        static OfGovernance of(AdminChange change, Ledger ledger) {
            Governance before = ledger.governance();
            if (ledger.governedSince() > change.baseRevision()) {
                Objection since = new Objection.GovernanceChanged(change.baseRevision(), ledger.governedSince());
                return new OfGovernance(before, Optional.empty(), List.of(since));
            }
            return switch (before.apply(change, Instant.now().getEpochSecond())) {
                case Amendment.To(Governance after) -> new OfGovernance(before, Optional.of(after), List.of());
                case Amendment.Impossible(List<Objection> why) -> new OfGovernance(before, Optional.empty(), why);
            };
        }

        @Override
        public List<String> lines(Paint paint) {
            List<String> lines = new ArrayList<>();
            lines.add(paint.bold("--- governance"));
            lines.add(paint.bold("+++ governance"));
            after.ifPresent(text -> lines.addAll(DiffText.ofLines(textLines(before), textLines(text), paint)));
            objections().forEach(objection -> lines.add(paint.red(objection)));
            return lines;
        }

        private static List<String> textLines(Governance governance) {
            return governance.text().toUtf8().lines().toList();
        }

        @Override
        public List<String> objections() {
            return against.stream()
                    .map(objection -> "conflict: " + objection.sentence())
                    .toList();
        }

        @Override
        public Json json() {
            Json.Builder fields = Json.object().put("before", before.text().toUtf8());
            after.ifPresent(text -> fields.put("after", text.text().toUtf8()));
            return fields.put("conflicts", objections().stream().map(Json::text).toList())
                    .build();
        }
    }
}
