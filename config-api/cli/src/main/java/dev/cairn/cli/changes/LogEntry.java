package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.change.UtcTime;
import dev.cairn.kv.model.KeySpan;
import java.util.ArrayList;
import java.util.List;

/**
 * An executed change, and what its signatures are worth by the governance that was in force.
 *
 * @param judgement made here, from the signatures themselves
 */
record LogEntry(SignedText text, ChangeRecord record, Judgement judgement) {
    /** @param governments all there were */
    static LogEntry of(ChangeRecord record, Ledger ledger, GovernanceHistory governments) throws Failure {
        SignedText text = Texts.parse(record);
        return new LogEntry(
                text,
                record,
                Judgement.of(
                        text,
                        Proposal.evidence(record),
                        ledger.pin().chainId(),
                        governments.before(record.revision()),
                        record.settledSeconds()));
    }

    /** Whether the change may have written a key of the span. */
    boolean touches(KeySpan span) {
        return text instanceof Change change
                && change.operations().stream()
                        .map(ChangeOperation::span)
                        .anyMatch(written -> span.contains(written.from()) || written.contains(span.from()));
    }

    List<String> lines(Paint paint) {
        List<String> lines = new ArrayList<>();
        lines.add(paint.bold("change " + text.digest().toHex()));
        lines.add("Revision: " + record.revision() + ", executed " + UtcTime.print(record.settledSeconds()));
        lines.add("Author:   " + text.author());
        for (int i = 0; i < judgement.signatures().size(); i++) {
            lines.add(line(judgement.signatures().get(i), record.signatures().get(i)));
        }
        if (!judgement.isAdmitted()) {
            judgement.objections().forEach(objection -> lines.add(paint.red("DOUBTED:  " + objection.sentence())));
        }
        lines.add("");
        lines.add("    " + text.reason());
        lines.add("");
        return lines;
    }

    private static String line(Judgement.Signature signature, ChangeRecord.Taken taken) {
        String time = ", " + UtcTime.print(taken.seconds());
        return switch (signature) {
            case Judgement.Signature.Counts counts ->
                label(taken.purpose()) + counts.name() + " with " + counts.key() + time;
            case Judgement.Signature.Withdraws withdraws ->
                label(Purpose.WITHDRAW) + withdraws.name() + " with " + withdraws.key() + time;
            case Judgement.Signature.Idle idle -> "(not counted: " + idle.why() + ")" + time;
            case Judgement.Signature.Invalid invalid -> "(not valid: " + invalid.why() + ")" + time;
        };
    }

    private static String label(Purpose purpose) {
        return switch (purpose) {
            case CHANGE, ADMIN -> "Signed:   ";
            case APPROVE -> "Approved: ";
            case WITHDRAW -> "Withdrew: ";
        };
    }

    Json json() {
        return Json.object()
                .put("digest", text.digest().toHex())
                .put("revision", record.revision())
                .put("time", UtcTime.print(record.settledSeconds()))
                .put("author", text.author().text())
                .put("reason", text.reason())
                .put("text", text.text().toUtf8())
                .put("judgement", JudgementText.json(judgement))
                .build();
    }

    /** How many operations there are of which kind. */
    String counts() {
        long puts = 0;
        long deletes = 0;
        if (text instanceof Change change) {
            for (ChangeOperation operation : change.operations()) {
                switch (operation) {
                    case ChangeOperation.Put _ -> puts++;
                    case ChangeOperation.Delete _, ChangeOperation.DeleteRange _ -> deletes++;
                }
            }
        }
        return puts + " put, " + deletes + " deleted";
    }

    /** The operations as they stand in the text. */
    List<String> operations() {
        return Texts.operations(text);
    }
}
