package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Amendment;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a change would do as things are now. */
sealed interface Shown {
    List<String> lines(Paint paint);

    /** Why what it would do cannot be shown: as things are it does nothing, and nobody knows what it does later. */
    List<Objection> against();

    /** What stands against it beside signatures, in lines. */
    List<String> objections();

    Json json();

    /** Whether it would not be executed as things are, whoever signed. */
    default boolean conflicts() {
        return !objections().isEmpty();
    }

    /** Agreed to is only what was shown. */
    default void requireApprovable() throws Failure {
        if (!against().isEmpty()) {
            String why = against().stream().map(Objection::sentence).collect(Collectors.joining("; "));
            throw new Failure("not approved, and nothing was signed: as things are it cannot be executed: " + why);
        }
    }

    static Shown of(Proposal proposal, Ledger ledger) throws NotVerifiedException, Failure {
        return switch (proposal.text()) {
            case Change change ->
                new OfKeys(
                        ChangeDiff.of(change, proposal.values().orElseThrow(), ledger.at()), against(change, ledger));
            case AdminChange admin -> OfGovernance.of(admin, ledger);
        };
    }

    /** As {@link #against()} of what would be shown. */
    static List<Objection> against(SignedText text, Ledger ledger) {
        return switch (text) {
            case Change change -> baseAhead(change, ledger).stream().toList();
            case AdminChange admin -> OfGovernance.of(admin, ledger).against();
        };
    }

    /** An author who dates a change ahead would have it executed upon what nobody has seen. */
    private static Optional<Objection> baseAhead(SignedText text, Ledger ledger) {
        long revision = ledger.at().revision();
        return text.baseRevision() > revision
                ? Optional.of(new Objection.BaseAhead(text.baseRevision(), revision))
                : Optional.empty();
    }

    private static String conflict(String sentence) {
        return "conflict: " + sentence;
    }

    record OfKeys(ChangeDiff diff, List<Objection> against) implements Shown {
        public OfKeys {
            against = List.copyOf(against);
        }

        @Override
        public List<String> lines(Paint paint) {
            List<String> lines = new ArrayList<>(DiffText.of(diff, paint));
            against.forEach(objection -> lines.add(paint.red(conflict(objection.sentence()))));
            return lines;
        }

        @Override
        public List<String> objections() {
            return Stream.concat(
                            diff.conflicts().stream().map(DiffText::sentence),
                            against.stream().map(Objection::sentence))
                    .map(Shown::conflict)
                    .toList();
        }

        @Override
        public Json json() {
            return DiffJson.of(diff, against);
        }
    }

    /**
     * A change of who governs, or a compaction, which no governance shows.
     *
     * @param operations the lines of its text, all of them
     * @param after nothing if it would not be executed, and then {@code against} says why
     */
    record OfGovernance(List<String> operations, Governance before, Optional<Governance> after, List<Objection> against)
            implements Shown {
        public OfGovernance {
            operations = List.copyOf(operations);
            against = List.copyOf(against);
        }

        static OfGovernance of(AdminChange change, Ledger ledger) {
            Optional<Objection> ahead = baseAhead(change, ledger);
            if (ahead.isPresent()) {
                return impossible(change, ledger.governance(), List.of(ahead.get()));
            }
            if (ledger.governedSince() > change.baseRevision() && !change.onlyRevokes()) {
                Objection since = new Objection.GovernanceChanged(change.baseRevision(), ledger.governedSince());
                return impossible(change, ledger.governance(), List.of(since));
            }
            return of(change, ledger.governance());
        }

        /** At the time of this machine's clock. */
        static OfGovernance of(AdminChange change, Governance before) {
            return switch (before.apply(change, nowSeconds())) {
                case Amendment.To(Governance after) ->
                    new OfGovernance(Texts.operations(change), before, Optional.of(after), List.of());
                case Amendment.Impossible(List<Objection> why) -> impossible(change, before, why);
            };
        }

        /** Whether it would be executed, and the same would govern as before. */
        boolean keepsWhoGoverns() {
            return after.map(Governance::text).filter(before.text()::equals).isPresent();
        }

        private static OfGovernance impossible(AdminChange change, Governance before, List<Objection> why) {
            return new OfGovernance(Texts.operations(change), before, Optional.empty(), why);
        }

        @Override
        public List<String> lines(Paint paint) {
            List<String> lines = new ArrayList<>();
            operations.forEach(operation -> lines.add(paint.bold("  " + operation)));
            lines.add("");
            after.ifPresent(text -> {
                lines.add(paint.bold("--- governance"));
                lines.add(paint.bold("+++ governance"));
                lines.addAll(
                        keepsWhoGoverns()
                                ? List.of("(who governs stays as it is)")
                                : DiffText.ofLines(textLines(before), textLines(text), paint));
                newDeadEnds(text).forEach(line -> lines.add(paint.red(line)));
            });
            objections().forEach(objection -> lines.add(paint.red(objection)));
            return lines;
        }

        private static long nowSeconds() {
            return Instant.now().getEpochSecond();
        }

        /** What this change closes: guards that somebody can meet now and nobody then. */
        private List<String> newDeadEnds(Governance then) {
            List<Scope> already = before.deadEnds(nowSeconds()).stream()
                    .map(Objection.DeadEnd::scope)
                    .toList();
            return then.deadEnds(nowSeconds()).stream()
                    .filter(end -> !already.contains(end.scope()))
                    .map(Guards::sentence)
                    .map(sentence -> "closes: " + sentence)
                    .toList();
        }

        private static List<String> textLines(Governance governance) {
            return governance.text().toUtf8().lines().toList();
        }

        @Override
        public List<String> objections() {
            return against.stream()
                    .map(Objection::sentence)
                    .map(Shown::conflict)
                    .toList();
        }

        @Override
        public Json json() {
            Json.Builder fields = Json.object()
                    .put("operations", operations.stream().map(Json::text).toList())
                    .put("before", before.text().toUtf8());
            after.ifPresent(text -> fields.put("after", text.text().toUtf8()));
            return fields.put("conflicts", objections().stream().map(Json::text).toList())
                    .build();
        }
    }
}
