package dev.cairn.chaos.conformance;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;

/** Messages for people, on one line each. */
final class Texts {
    private Texts() {}

    static String of(Message message) {
        String fields = TextFormat.printer().emittingSingleLine(true).printToString(message);
        return message.getDescriptorForType().getName() + " { " + fields.strip() + " }";
    }
}
