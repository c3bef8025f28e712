package dev.cairn.chaos.conformance;

import com.google.protobuf.Message;
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

    @Override
    public String toString() {
        String text = messages.stream().map(Texts::of).collect(Collectors.joining("; "));
        return code == Status.Code.OK ? text : text + (text.isEmpty() ? "" : "; ") + code + ": " + description;
    }
}
