package dev.cairn.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.cairn.proto.authpb.Auth;
import dev.cairn.proto.etcdserverpb.Rpc;
import dev.cairn.proto.mvccpb.Kv;
import dev.cairn.proto.v3electionpb.V3Election;
import dev.cairn.proto.v3lockpb.V3Lock;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The .proto files against the listing {@code etcd-3.7.txt}, both ways: nothing differs, is missing or is added. */
class EtcdWireFormatTest {
    private static final List<FileDescriptor> FILES = List.of(
            Rpc.getDescriptor(),
            Kv.getDescriptor(),
            Auth.getDescriptor(),
            V3Lock.getDescriptor(),
            V3Election.getDescriptor());

    @Test
    void everyServiceMessageAndEnumIsAsListed() {
        List<String> actual = new ArrayList<>();
        for (FileDescriptor file : FILES) {
            for (var service : file.getServices()) {
                actual.add("service " + service.getFullName());
                service.getMethods().forEach(method -> actual.add(describe(method)));
            }
            file.getEnumTypes().forEach(type -> describe(type, actual));
            file.getMessageTypes().forEach(type -> describe(type, actual));
        }
        assertThat(actual).containsExactlyInAnyOrderElementsOf(golden());
    }

    private static void describe(Descriptor message, List<String> lines) {
        lines.add("message " + message.getFullName());
        message.getFields().forEach(field -> lines.add(describe(field)));
        message.getEnumTypes().forEach(type -> describe(type, lines));
        message.getNestedTypes().forEach(type -> describe(type, lines));
    }

    private static void describe(EnumDescriptor type, List<String> lines) {
        lines.add("enum " + type.getFullName());
        type.getValues()
                .forEach(value -> lines.add(type.getFullName() + "." + value.getName() + " = " + value.getNumber()));
    }

    private static String describe(FieldDescriptor field) {
        String type = switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
        return field.getFullName() + " = " + field.getNumber() + " " + type + " " + label(field);
    }

    // A field that is `optional` has a oneof of its own and so is told from a plain one.
    private static String label(FieldDescriptor field) {
        if (field.isRepeated()) {
            return "repeated";
        }
        var oneof = field.getContainingOneof();
        return oneof == null ? "singular" : "oneof " + oneof.getName();
    }

    private static String describe(MethodDescriptor method) {
        return "/" + method.getService().getFullName() + "/" + method.getName() + " "
                + (method.isClientStreaming() ? "stream " : "")
                + method.getInputType().getFullName() + " -> "
                + (method.isServerStreaming() ? "stream " : "")
                + method.getOutputType().getFullName();
    }

    private static List<String> golden() {
        try (InputStream in = Objects.requireNonNull(EtcdWireFormatTest.class.getResourceAsStream("/etcd-3.7.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
