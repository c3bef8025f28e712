package dev.cairn.agent;

import dev.cairn.agent.Told.Source;
import dev.cairn.client.HeadJson;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** Verified values as JSON. */
final class Answers {
    private Answers() {}

    /** Puts bytes as text where they are UTF-8, else in base64 under a name that says so. */
    static Json.Builder put(Json.Builder fields, String name, Bytes bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes.shared()))
                    .toString();
            return fields.put(name, text);
        } catch (CharacterCodingException e) {
            return fields.put(name + "_base64", Base64.getEncoder().encodeToString(bytes.shared()));
        }
    }

    static Json.Builder record(Json.Builder fields, KeyValue record) {
        put(put(fields, "key", record.key()), "value", record.value())
                .put("create_revision", record.createRevision())
                .put("mod_revision", record.modRevision())
                .put("version", record.version());
        return record.lease() == 0 ? fields : fields.put("lease", record.lease());
    }

    /** On what grounds a value is believed, and how new it is. */
    static Json grounds(Told<?> told) {
        Json.Builder fields = HeadJson.fields(told.head().header(), told.head().certificate())
                .put("time", told.head().time().toString());
        switch (told.source()) {
            case Source.Asked() -> fields.put("source", "cluster");
            case Source.AskedWithin(Duration maxStale) ->
                fields.put("source", "cluster").put("stale_ms_at_most", maxStale.toMillis());
            case Source.Copied(Duration age) ->
                fields.put("source", "copy")
                        .put("stale_ms_at_most", age.toMillis())
                        .put("copy_revision", told.revision());
            case Source.Past() -> fields.put("source", "cluster").put("at_revision", told.revision());
        }
        return fields.build();
    }
}
