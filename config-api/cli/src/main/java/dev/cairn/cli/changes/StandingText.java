package dev.cairn.cli.changes;

import dev.cairn.cli.Failure;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.VerdictText;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What became of a change that was submitted, approved or withdrawn. */
final class StandingText {
    private StandingText() {}

    static List<String> of(Outcome.Change outcome, Waiting waiting) throws Failure {
        List<String> lines = new ArrayList<>();
        lines.add("change " + outcome.change().toHex() + " is "
                + (outcome.standing() == ChangeStanding.EXECUTED
                        ? "executed, at revision " + outcome.revision()
                        : word(outcome.standing())));
        lines.addAll(sentences(outcome.detail(), waiting));
        return lines;
    }

    static String word(ChangeStanding standing) {
        return switch (standing) {
            case REFUSED -> "refused";
            case PENDING -> "pending";
            case EXECUTED -> "executed";
            case CONFLICTED -> "conflicted, and nothing of it was done";
            case WITHDRAWN -> "withdrawn";
        };
    }

    /** Why, in the words of the log's decision. */
    static List<String> sentences(Bytes detail, Waiting waiting) throws Failure {
        if (detail.isEmpty()) {
            return List.of();
        }
        try {
            VerdictText.Verdict verdict = VerdictText.parse(detail);
            List<String> lines = new ArrayList<>();
            waiting.obstacles(verdict.objections()).stream()
                    .map(Waiting.Obstacle::sentence)
                    .forEach(lines::add);
            verdict.uncounted().stream()
                    .map(SignerRefusal::sentence)
                    .filter(sentence -> !waiting.says(sentence))
                    .map(sentence -> "not counted: " + sentence)
                    .forEach(lines::add);
            return lines;
        } catch (ChangeException e) {
            throw new Failure("the cluster's reason is of another version of this program: " + e.getMessage(), e);
        }
    }

    static Json json(Outcome.Change outcome, Waiting waiting) throws Failure {
        Json.Builder fields =
                Json.object().put("digest", outcome.change().toHex()).put("standing", json(outcome.standing()));
        if (outcome.standing() == ChangeStanding.EXECUTED) {
            fields.put("revision", outcome.revision());
        }
        return fields.put(
                        "why",
                        sentences(outcome.detail(), waiting).stream()
                                .map(Json::text)
                                .toList())
                .build();
    }

    /** The standing's name in JSON. */
    static String json(ChangeStanding standing) {
        return standing.name().toLowerCase(Locale.ROOT);
    }
}
