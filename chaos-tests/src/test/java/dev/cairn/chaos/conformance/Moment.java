package dev.cairn.chaos.conformance;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;

/**
 * Revisions that are known only when a call is made. In a step's request a number near {@link #NOW} stands for the
 * newest revision of that moment, one near {@link #START} for that of the sequence's beginning.
 */
final class Moment {
    static final long NOW = 1L << 40;
    static final long START = 1L << 41;
    private static final long NEAR = 1000;

    private Moment() {}

    /** {@code message} with real revisions. */
    static Message resolve(Message message, long start, long now) {
        Message.Builder builder = message.toBuilder();
        message.getAllFields().forEach((field, value) -> {
            if (field.getJavaType() == FieldDescriptor.JavaType.LONG && !field.isRepeated()) {
                builder.setField(field, resolve((long) value, start, now));
            } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                for (int i = 0; field.isRepeated() && i < message.getRepeatedFieldCount(field); i++) {
                    Message inner = (Message) message.getRepeatedField(field, i);
                    builder.setRepeatedField(field, i, resolve(inner, start, now));
                }
                if (!field.isRepeated()) {
                    builder.setField(field, resolve((Message) value, start, now));
                }
            }
        });
        return builder.build();
    }

    private static long resolve(long number, long start, long now) {
        if (Math.abs(number - NOW) < NEAR) {
            return now + number - NOW;
        }
        return Math.abs(number - START) < NEAR ? start + number - START : number;
    }
}
