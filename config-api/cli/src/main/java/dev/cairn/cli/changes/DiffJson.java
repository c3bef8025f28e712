package dev.cairn.cli.changes;

import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.guard.Objection;
import dev.cairn.protocol.model.Bytes;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** A diff for programs; keys and values in base64, as all of cairn's JSON has them. */
final class DiffJson {
    private DiffJson() {}

    /** @param against what else stands against it */
    static Json of(ChangeDiff diff, List<Objection> against) {
        return Json.object()
                .put("revision", diff.revision())
                .put("keys", diff.keys().stream().map(DiffJson::of).toList())
                .put("ranges", diff.ranges().stream().map(DiffJson::of).toList())
                .put(
                        "conflicts",
                        Stream.concat(
                                        diff.conflicts().stream().map(DiffJson::of),
                                        against.stream()
                                                .map(objection -> JudgementText.json(objection, Waiting.NOTHING)))
                                .toList())
                .build();
    }

    private static Json of(ChangeDiff.Key key) {
        Json.Builder fields = Json.object().put("key", base64(key.key())).put("name", ChangeText.printKey(key.key()));
        key.before()
                .ifPresent(record ->
                        fields.put("before", base64(record.value())).put("mod_revision", record.modRevision()));
        key.after().ifPresent(value -> fields.put("after", base64(value)));
        return fields.build();
    }

    private static Json of(ChangeDiff.Range range) {
        return Json.object()
                .put("from", base64(range.from()))
                .put("until", base64(range.until()))
                .put("count", range.count())
                .build();
    }

    private static Json of(ChangeDiff.Conflict conflict) {
        Json.Builder fields = Json.object()
                .put("key", base64(conflict.expected().key()))
                .put("sentence", DiffText.sentence(conflict));
        conflict.found().ifPresent(record -> fields.put("mod_revision", record.modRevision()));
        return fields.build();
    }

    private static String base64(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.shared());
    }
}
