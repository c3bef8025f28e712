package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.audit.AuditedChange;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.change.UtcTime;
import dev.cairn.kv.guard.Ruling;
import dev.cairn.kv.model.KeySpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A change as an audit lists it.
 *
 * @param people who signed it and counted, the author included
 * @param places what decided on it: guards by their scopes, and "open" where none did
 */
record AuditedEntry(AuditedChange change, LogEntry entry, List<String> people, List<String> places) {
    static AuditedEntry of(AuditedChange change) throws Failure {
        Judgement judgement = Judgement.of(
                change.text(),
                Proposal.evidence(change.record()),
                change.text().chain(),
                change.governance(),
                change.record().settledSeconds());
        if (!judgement.isAdmitted()) {
            throw new Failure("change " + change.text().digest().toHex() + " in block "
                    + change.height().value() + " is admitted by the audit, and not as `cairn verify` judges");
        }
        List<String> people = counting(judgement)
                .map(signature -> signature.name().text())
                .distinct()
                .sorted()
                .toList();
        return new AuditedEntry(
                change, new LogEntry(change.text(), change.record(), judgement), people, places(change));
    }

    private static Stream<Judgement.Signature.Counts> counting(Judgement judgement) {
        return judgement.signatures().stream()
                .filter(Judgement.Signature.Counts.class::isInstance)
                .map(Judgement.Signature.Counts.class::cast);
    }

    private static List<String> places(AuditedChange change) {
        TreeSet<String> places = new TreeSet<>();
        switch (change.text()) {
            case Change keys -> {
                for (ChangeOperation operation : keys.operations()) {
                    for (Ruling ruling : change.governance().guards().rulings(operation.span())) {
                        places.add(
                                switch (ruling) {
                                    case Ruling.Open _ -> "open";
                                    case Ruling.Guarded guarded ->
                                        guarded.guard().scope().name();
                                    case Ruling.Closed _ -> throw new IllegalStateException("nobody may write there");
                                });
                    }
                }
            }
            case AdminChange _ -> places.add("the governance");
        }
        return List.copyOf(places);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>(entry.lines(Paint.PLAIN));
        lines.add(1, "Block:    " + change.height().value());
        entry.operations().forEach(operation -> lines.add("  " + operation));
        lines.add("");
        return lines;
    }

    Json json(Optional<String> group) {
        SignedText text = change.text();
        Json.Builder fields = Json.object();
        group.ifPresent(name -> fields.put("group", name));
        return fields.put("digest", text.digest().toHex())
                .put("block", change.height().value())
                .put("revision", change.record().revision())
                .put("time", UtcTime.print(change.record().settledSeconds()))
                .put("author", text.author().text())
                .put("approvers", words(approvers()))
                .put("reason", text.reason())
                .put("keys", words(keys()))
                .put("text", text.text().toUtf8())
                .build();
    }

    private List<String> approvers() {
        return counting(entry.judgement())
                .filter(signature -> signature.purpose() == Purpose.APPROVE)
                .map(signature -> signature.name().text())
                .distinct()
                .toList();
    }

    /** Spelled as in the text; of a range its first key and the one behind its last. */
    private List<String> keys() {
        return change.text() instanceof Change keys
                ? keys.operations().stream().map(AuditedEntry::key).toList()
                : List.of();
    }

    private static String key(ChangeOperation operation) {
        KeySpan span = operation.span();
        String from = ChangeText.printKey(span.from());
        return operation instanceof ChangeOperation.DeleteRange range
                ? from + " " + ChangeText.printKey(range.until())
                : from;
    }

    private static List<Json> words(List<String> words) {
        return words.stream().<Json>map(Json.Text::new).toList();
    }
}
