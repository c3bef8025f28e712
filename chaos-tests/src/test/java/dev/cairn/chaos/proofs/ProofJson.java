package dev.cairn.chaos.proofs;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.proof.Answer;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.Verification;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Questions and verdicts as docs/vectors/proofs.json has them. */
final class ProofJson {
    private ProofJson() {}

    static String question(Question question) {
        return switch (question) {
            case Question.Get get ->
                "{\"kind\": \"get\", \"key\": %s, \"revision\": %d}".formatted(hex(get.key()), get.revision());
            case Question.Range range ->
                "{\"kind\": \"range\", %s, \"limit\": %d, \"revision\": %d, \"keysOnly\": %b}"
                        .formatted(span(range.span()), range.limit(), range.revision(), range.keysOnly());
            case Question.Count count -> "{\"kind\": \"count\", %s}".formatted(span(count.span()));
            case Question.Changes changes ->
                "{\"kind\": \"changes\", %s, \"after\": %d, \"through\": %d, \"previousValues\": %b}"
                        .formatted(span(changes.span()), changes.after(), changes.through(), changes.previousValues());
            case Question.Receipt receipt ->
                "{\"kind\": \"receipt\", \"client\": %d, \"session\": %d, \"sequence\": %d, \"request\": \"%s\", \"values\": %b}"
                        .formatted(
                                receipt.id().client().number(),
                                receipt.id().session(),
                                receipt.id().sequence(),
                                receipt.request().toHex(),
                                receipt.values());
        };
    }

    private static String span(KeySpan span) {
        return "\"from\": %s, \"until\": %s"
                .formatted(hex(span.from()), span.until().map(ProofJson::hex).orElse("null"));
    }

    static String verdict(Verification<? extends Answer> verification) {
        return switch (verification) {
            case Verification.Proven<? extends Answer> proven -> "{\"proven\": %s}".formatted(answer(proven.answer()));
            case Verification.Refused<? extends Answer> refused -> "{\"refused\": \"%s\"}".formatted(refused.reason());
        };
    }

    private static String answer(Answer answer) {
        return switch (answer) {
            case Answer.Found found ->
                "{\"found\": %s}"
                        .formatted(found.version().map(ProofJson::version).orElse("null"));
            case Answer.Page page ->
                "{\"versions\": %s, \"more\": %b, \"count\": %s}"
                        .formatted(versions(page.versions()), page.more(), number(page.count()));
            case Answer.Count count -> "{\"keys\": %d}".formatted(count.keys());
            case Answer.Changes changes ->
                "{\"events\": %s, \"through\": %d}"
                        .formatted(
                                list(changes.events().stream()
                                        .map(event -> "{\"change\": %s, \"previous\": %s}"
                                                .formatted(
                                                        version(event.change()),
                                                        event.previous()
                                                                .map(ProofJson::version)
                                                                .orElse("null")))),
                                changes.through());
            case Answer.Receipt receipt -> "{\"result\": %s}".formatted(result(receipt.outcome()));
        };
    }

    private static String number(OptionalLong number) {
        return number.isPresent() ? Long.toString(number.getAsLong()) : "null";
    }

    private static String result(RequestOutcome outcome) {
        return switch (outcome) {
            case RequestOutcome.Executed executed -> "{\"executed\": %s}".formatted(outcomes(executed.outcomes()));
            case RequestOutcome.Refused refused -> "{\"refused\": \"%s\"}".formatted(refused.error());
        };
    }

    private static String outcomes(List<Outcome> outcomes) {
        return list(outcomes.stream().map(ProofJson::outcome));
    }

    private static String outcome(Outcome outcome) {
        String rest = switch (outcome) {
            case Outcome.Put put ->
                "1, \"previous\": " + versions(put.previous().stream().toList());
            case Outcome.Deleted deleted ->
                "2, \"count\": %d, \"previous\": %s".formatted(deleted.count(), versions(deleted.previous()));
            case Outcome.Ranged ranged ->
                "3, \"more\": %b, \"count\": %d, \"versions\": %s"
                        .formatted(ranged.more(), ranged.count(), versions(ranged.versions()));
            case Outcome.Txn txn ->
                "4, \"succeeded\": %b, \"responses\": %s".formatted(txn.succeeded(), outcomes(txn.responses()));
            case Outcome.Compacted _ -> "5";
            case Outcome.SessionOpened _ -> "6";
            case Outcome.AuthChanged _ -> "30";
            case Outcome.Upkept upkept -> "20, \"changed\": %b".formatted(upkept.changed());
            case Outcome.Change change ->
                "8, \"change\": \"%s\", \"standing\": %d, \"detail\": \"%s\""
                        .formatted(
                                change.change().toHex(),
                                change.standing().code(),
                                change.detail().toHex());
            case LeaseOutcome.Granted granted ->
                "12, \"lease\": %d, \"ttl\": %d".formatted(granted.id(), granted.ttlSeconds());
            case LeaseOutcome.Revoked _ -> "13";
            case LeaseOutcome.KeptAlive kept -> "14, \"ttls\": " + kept.ttlSeconds();
            case Outcome.Failed failed -> "7, \"error\": \"%s\"".formatted(failed.error());
        };
        return "{\"revision\": %d, \"kind\": %s}".formatted(outcome.revision(), rest);
    }

    private static String versions(List<KeyVersion> versions) {
        return list(versions.stream().map(ProofJson::version));
    }

    private static String version(KeyVersion version) {
        String name = "\"key\": %s, \"mod\": %d, \"sub\": %d"
                .formatted(hex(version.key()), version.modRevision(), version.sub());
        if (!version.isLive()) {
            return "{" + name + "}";
        }
        String value = version.value()
                .resident()
                .map(bytes -> "\"value\": " + hex(bytes))
                .orElseGet(
                        () -> "\"valueDigest\": \"" + version.value().digest().toHex() + "\"");
        return "{%s, \"create\": %d, \"version\": %d, \"lease\": %d, %s}"
                .formatted(name, version.createRevision(), version.version(), version.lease(), value);
    }

    private static String list(Stream<String> elements) {
        return elements.collect(Collectors.joining(", ", "[", "]"));
    }

    static String hex(Bytes bytes) {
        return "\"" + bytes.toHex() + "\"";
    }
}
