package dev.cairn.chaos.conformance;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import dev.cairn.proto.etcdserverpb.AuthenticateResponse;
import dev.cairn.proto.etcdserverpb.ResponseHeader;
import io.grpc.Status;
import java.util.List;
import java.util.stream.Collectors;

/**
 * All that a server answered to one call, without what differs between any two clusters.
 *
 * @param messages one, unless the call has a stream of answers or failed
 */
record Answer(List<Message> messages, Status.Code code, String description) {
    Answer {
        messages = List.copyOf(messages);
    }

    /** What a call that went well was answered. */
    Message message() {
        if (code != Status.Code.OK || messages.size() != 1) {
            throw new AssertionError("not one answer: " + this);
        }
        return messages.getFirst();
    }

    /** The newest revision that the answer tells of; 0 if of none. */
    long revision() {
        return messages.stream().mapToLong(Answer::revision).max().orElse(0);
    }

    private static long revision(Message message) {
        Descriptors.FieldDescriptor header = message.getDescriptorForType().findFieldByName("header");
        return header == null ? 0 : ((ResponseHeader) message.getField(header)).getRevision();
    }

    /** Without the token that it gives out, which is the server's own. */
    Answer withoutToken() {
        List<Message> alike = messages.stream()
                .map(message -> message instanceof AuthenticateResponse response
                        ? response.toBuilder()
                                .setToken(response.getToken().isEmpty() ? "" : "token")
                                .build()
                        : message)
                .toList();
        return new Answer(alike, code, description);
    }

    @Override
    public String toString() {
        String text = messages.stream().map(Texts::of).collect(Collectors.joining("; "));
        return code == Status.Code.OK ? text : text + (text.isEmpty() ? "" : "; ") + code + ": " + description;
    }
}
