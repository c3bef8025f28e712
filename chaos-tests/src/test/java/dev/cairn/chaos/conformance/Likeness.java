package dev.cairn.chaos.conformance;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.RangeStreamResponse;
import dev.cairn.proto.etcdserverpb.ResponseHeader;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes out of answers what differs between any two clusters: the term, and who they are; that those are named at all
 * stays to be seen.
 */
final class Likeness {
    private Likeness() {}

    static Message of(Message message) {
        if (message instanceof ResponseHeader header) {
            return header.toBuilder()
                    .setClusterId(header.getClusterId() == 0 ? 0 : 1)
                    .setMemberId(header.getMemberId() == 0 ? 0 : 1)
                    .setRaftTerm(header.getRaftTerm() == 0 ? 0 : 1)
                    .build();
        }
        Message.Builder builder = message.toBuilder();
        for (FieldDescriptor field : message.getAllFields().keySet()) {
            if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                continue;
            }
            if (field.isRepeated()) {
                for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
                    builder.setRepeatedField(field, i, of((Message) message.getRepeatedField(field, i)));
                }
            } else {
                builder.setField(field, of((Message) message.getField(field)));
            }
        }
        return builder.build();
    }

    /** Where a stream of answers is cut is the server's choice: the parts as one. */
    static List<Message> of(List<Message> messages) {
        if (messages.isEmpty() || !(messages.getFirst() instanceof RangeStreamResponse)) {
            return messages.stream().map(Likeness::of).toList();
        }
        RangeResponse.Builder whole = RangeResponse.newBuilder();
        List<Message> parts = new ArrayList<>(messages);
        parts.forEach(part -> whole.mergeFrom(((RangeStreamResponse) part).getRangeResponse()));
        return List.of(of(whole.build()));
    }
}
