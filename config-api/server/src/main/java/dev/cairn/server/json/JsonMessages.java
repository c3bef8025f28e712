package dev.cairn.server.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Messages as etcd's gateway writes them: fields under their names in the .proto file, 64-bit numbers as strings, bytes in
 * base64, enums by name, nothing for a zero. Both spellings of a field, numbers for enums, and fields that nobody knows are
 * read.
 */
final class JsonMessages {
    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();

    private JsonMessages() {}

    /** {@code json} as a message of the kind of {@code prototype}. */
    static Message parse(String json, Message prototype) throws MalformedJsonException {
        Message.Builder builder = prototype.newBuilderForType();
        try {
            PARSER.merge(json, builder);
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedJsonException(
                    Optional.ofNullable(e.getMessage()).orElse("not the JSON of this message"));
        }
        return builder.build();
    }

    static byte[] print(Message message) {
        return wrapped("", message, "");
    }

    /** A message of a stream: an object of its own, and a line of its own. */
    static byte[] result(Message message) {
        return wrapped("{\"result\":", message, "}\n");
    }

    private static byte[] wrapped(String before, Message message, String after) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(2 * message.getSerializedSize() + 64);
        try (Writer out = new OutputStreamWriter(bytes, StandardCharsets.UTF_8)) {
            out.write(before);
            PRINTER.appendTo(message, out);
            out.write(after);
        } catch (IOException e) {
            throw new UncheckedIOException("this message has no JSON", e);
        }
        return bytes.toByteArray();
    }

    /** What clients of any etcd look for when a call failed. */
    static String error(Status status) {
        return fields(status).toString();
    }

    /** The end of a stream that failed. */
    static byte[] streamError(Status status) {
        JsonObject fields = fields(status);
        fields.addProperty("grpc_code", status.getCode().value());
        fields.addProperty("http_code", HttpStatus.of(status).code());
        fields.addProperty("http_status", HttpStatus.of(status).reason());
        JsonObject line = new JsonObject();
        line.add("error", fields);
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static JsonObject fields(Status status) {
        String text = Optional.ofNullable(status.getDescription())
                .orElseGet(() -> status.getCode().name());
        JsonObject fields = new JsonObject();
        fields.addProperty("error", text);
        fields.addProperty("code", status.getCode().value());
        fields.addProperty("message", text);
        fields.add("details", new JsonArray());
        return fields;
    }
}
