package dev.cairn.cli.changes;

import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.guard.Objection;
import java.util.ArrayList;
import java.util.List;

/** A judgement in lines for people, and for programs. */
final class JudgementText {
    private JudgementText() {}

    static List<String> of(Judgement judgement) {
        List<String> lines = new ArrayList<>();
        judgement.signatures().stream()
                .filter(signature -> !(signature instanceof Judgement.Signature.Idle idle
                        && judgement.waiting().says(idle.why())))
                .forEach(signature -> lines.add(line(signature)));
        judgement.obstacles().forEach(obstacle -> lines.add(line(obstacle)));
        if (judgement.isAdmitted()) {
            lines.add("complete: no signature is missing");
        }
        return lines;
    }

    private static String line(Judgement.Signature signature) {
        return switch (signature) {
            case Judgement.Signature.Counts counts ->
                verb(counts.purpose()) + " by " + counts.name() + " with " + counts.key();
            case Judgement.Signature.Withdraws withdraws ->
                verb(Purpose.WITHDRAW) + " by " + withdraws.name() + " with " + withdraws.key();
            case Judgement.Signature.Idle idle ->
                "not counted: " + idle.why() + " (" + idle.evidence().source() + ")";
            case Judgement.Signature.Invalid invalid ->
                "not valid: " + invalid.why() + " (" + invalid.evidence().source() + ")";
        };
    }

    /** That nothing is signed, as the same was said before. */
    static String again(Judgement.Said before) {
        return before.name() + " has " + verb(before.purpose()) + " this before ("
                + before.evidence().source() + "); nothing is signed again";
    }

    static String verb(Purpose purpose) {
        return switch (purpose) {
            case CHANGE, ADMIN -> "signed";
            case APPROVE -> "approved";
            case WITHDRAW -> "withdrawn";
        };
    }

    private static String line(Waiting.Obstacle obstacle) {
        return (obstacle.mayCome() ? "missing: " : "refused: ") + obstacle.sentence();
    }

    static Json json(Judgement judgement) {
        Json.Builder fields = Json.object().put("complete", judgement.isAdmitted());
        judgement.waiting().stuck().ifPresent(why -> fields.put("stuck", why.sentence()));
        return fields.put(
                        "signatures",
                        judgement.signatures().stream().map(JudgementText::json).toList())
                .put(
                        "objections",
                        judgement.objections().stream()
                                .map(objection -> json(objection, judgement.waiting()))
                                .toList())
                .build();
    }

    private static Json json(Judgement.Signature signature) {
        Json.Builder fields = Json.object().put("source", signature.evidence().source());
        return switch (signature) {
            case Judgement.Signature.Counts counts ->
                fields.put("counts", true)
                        .put("name", counts.name().text())
                        .put("purpose", counts.purpose().namespace())
                        .put("key", counts.key().fingerprint().toString())
                        .build();
            case Judgement.Signature.Withdraws withdraws ->
                fields.put("counts", false)
                        .put("valid", true)
                        .put("name", withdraws.name().text())
                        .put("purpose", Purpose.WITHDRAW.namespace())
                        .put("key", withdraws.key().fingerprint().toString())
                        .build();
            case Judgement.Signature.Idle idle ->
                fields.put("counts", false)
                        .put("valid", true)
                        .put("why", idle.why())
                        .build();
            case Judgement.Signature.Invalid invalid ->
                fields.put("counts", false)
                        .put("valid", false)
                        .put("why", invalid.why())
                        .build();
        };
    }

    static Json json(Objection objection, Waiting waiting) {
        Json.Builder fields = Json.object().put("sentence", objection.sentence());
        if (objection instanceof Objection.SignaturesMissing missing) {
            fields.put("guard", missing.scope().name())
                    .put("missing", missing.missing())
                    .put(
                            "from",
                            missing.from().stream()
                                    .filter(name -> !waiting.withdrawn().contains(name))
                                    .map(name -> Json.text(name.text()))
                                    .toList());
        }
        return fields.build();
    }
}
