package dev.cairn.cli;

import com.google.protobuf.ByteString;
import dev.cairn.genesis.json.Json;
import dev.cairn.proto.etcdserverpb.ResponseHeader;
import dev.cairn.proto.mvccpb.KeyValue;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Where keys and values go: bytes as they are, or JSON in etcdctl's terms (keys and values in base64). */
public final class Output {
    private final OutputStream out;

    public Output(OutputStream out) {
        this.out = out;
    }

    public static Output standard() {
        return new Output(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
    }

    public Output line(ByteString bytes) throws Failure {
        return write(bytes).write(ByteString.copyFromUtf8("\n"));
    }

    public Output line(String text) throws Failure {
        return line(ByteString.copyFrom(text, StandardCharsets.UTF_8));
    }

    public Output json(Json value) throws Failure {
        return line(value.renderLine());
    }

    public void flush() throws Failure {
        try {
            out.flush();
        } catch (IOException e) {
            throw new Failure("cannot write the output: " + e.getMessage(), e);
        }
    }

    private Output write(ByteString bytes) throws Failure {
        try {
            bytes.writeTo(out);
            return this;
        } catch (IOException e) {
            throw new Failure("cannot write the output: " + e.getMessage(), e);
        }
    }

    static Json header(ResponseHeader header) {
        return Json.object()
                .put("revision", header.getRevision())
                .put("raft_term", header.getRaftTerm())
                .build();
    }

    static Json record(KeyValue record) {
        Json.Builder fields = Json.object()
                .put("key", base64(record.getKey()))
                .put("create_revision", record.getCreateRevision())
                .put("mod_revision", record.getModRevision())
                .put("version", record.getVersion())
                .put("value", base64(record.getValue()));
        if (record.getLease() != 0) {
            fields.put("lease", record.getLease());
        }
        return fields.build();
    }

    private static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
