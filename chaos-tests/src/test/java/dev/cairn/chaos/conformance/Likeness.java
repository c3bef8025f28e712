package dev.cairn.chaos.conformance;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.cairn.proto.etcdserverpb.AlarmMember;
import dev.cairn.proto.etcdserverpb.AlarmResponse;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.RangeStreamResponse;
import dev.cairn.proto.etcdserverpb.ResponseHeader;
import dev.cairn.proto.etcdserverpb.StatusResponse;
import dev.cairn.proto.mvccpb.KeyValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Takes out of answers what differs between any two clusters: the term, who they are (that they are named at all stays
 * to be seen), and how many seconds a lease has run.
 */
final class Likeness {
    private static final long MOST_SECONDS_PASSED = 10;

    private Likeness() {}

    static Message of(Message message) {
        return fields(
                switch (message) {
                    case LeaseTimeToLiveResponse lease -> atOnce(lease);
                    case StatusResponse status -> anyMembers(status);
                    case AlarmResponse alarms -> sorted(alarms);
                    default -> message;
                });
    }

    /** The answers to {@code request}. Of keys without values etcd 3.7 leaves out the leases too, which others told. */
    static List<Message> of(Message request, List<Message> messages) {
        List<Message> alike = whole(messages);
        return asksForKeysOnly(request)
                ? alike.stream().map(Likeness::withoutLeases).toList()
                : alike;
    }

    private static boolean asksForKeysOnly(Message request) {
        return request instanceof RangeRequest range
                ? range.getKeysOnly()
                : inner(request).anyMatch(Likeness::asksForKeysOnly);
    }

    private static Stream<Message> inner(Message message) {
        return message.getAllFields().entrySet().stream()
                .filter(field -> field.getKey().getJavaType() == FieldDescriptor.JavaType.MESSAGE)
                .flatMap(field -> field.getKey().isRepeated()
                        ? ((List<?>) field.getValue()).stream().map(Message.class::cast)
                        : Stream.of((Message) field.getValue()));
    }

    private static Message withoutLeases(Message message) {
        return message instanceof KeyValue pair && pair.getValue().isEmpty()
                ? pair.toBuilder().clearLease().build()
                : map(message, Likeness::withoutLeases);
    }

    /** As if no second had passed since the lease was granted or renewed; etcd lists its keys in no order. */
    private static Message atOnce(LeaseTimeToLiveResponse lease) {
        boolean isFresh = lease.getTTL() > 0 && lease.getGrantedTTL() - lease.getTTL() <= MOST_SECONDS_PASSED;
        return lease.toBuilder()
                .setTTL(isFresh ? lease.getGrantedTTL() : lease.getTTL())
                .clearKeys()
                .addAllKeys(lease.getKeysList().stream()
                        .sorted(ByteString.unsignedLexicographicalComparator())
                        .toList())
                .build();
    }

    /** What is a member's own is there or not; etcd tells alarms in no order, and spaces its words by chance. */
    private static Message anyMembers(StatusResponse status) {
        return status.toBuilder()
                .setDbSize(Long.signum(status.getDbSize()))
                .setDbSizeInUse(Long.signum(status.getDbSizeInUse()))
                .setDbSizeQuota(Long.signum(status.getDbSizeQuota()))
                .setLeader(status.getLeader() == 0 ? 0 : 1)
                .setRaftIndex(status.getRaftIndex() == 0 ? 0 : 1)
                .setRaftTerm(status.getRaftTerm() == 0 ? 0 : 1)
                .setRaftAppliedIndex(status.getRaftAppliedIndex() == 0 ? 0 : 1)
                .clearErrors()
                .addAllErrors(status.getErrorsList().stream()
                        .map(error -> error.strip().replaceAll(" +", " "))
                        .sorted()
                        .toList())
                .build();
    }

    private static Message sorted(AlarmResponse response) {
        return response.toBuilder()
                .clearAlarms()
                .addAllAlarms(response.getAlarmsList().stream()
                        .sorted(Comparator.comparingInt(AlarmMember::getAlarmValue)
                                .thenComparingLong(AlarmMember::getMemberID))
                        .toList())
                .build();
    }

    private static Message fields(Message message) {
        if (message instanceof ResponseHeader header) {
            return header.toBuilder()
                    .setClusterId(header.getClusterId() == 0 ? 0 : 1)
                    .setMemberId(header.getMemberId() == 0 ? 0 : 1)
                    .setRaftTerm(header.getRaftTerm() == 0 ? 0 : 1)
                    .build();
        }
        return map(message, Likeness::of);
    }

    /** With each message that stands in it changed. */
    static Message map(Message message, UnaryOperator<Message> change) {
        Message.Builder builder = message.toBuilder();
        for (FieldDescriptor field : message.getAllFields().keySet()) {
            if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                continue;
            }
            if (field.isRepeated()) {
                for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
                    builder.setRepeatedField(field, i, change.apply((Message) message.getRepeatedField(field, i)));
                }
            } else {
                builder.setField(field, change.apply((Message) message.getField(field)));
            }
        }
        return builder.build();
    }

    /** Where a stream of answers is cut is the server's choice: the parts as one. */
    private static List<Message> whole(List<Message> messages) {
        if (messages.isEmpty() || !(messages.getFirst() instanceof RangeStreamResponse)) {
            return messages.stream().map(Likeness::of).toList();
        }
        RangeResponse.Builder whole = RangeResponse.newBuilder();
        List<Message> parts = new ArrayList<>(messages);
        parts.forEach(part -> whole.mergeFrom(((RangeStreamResponse) part).getRangeResponse()));
        return List.of(of(whole.build()));
    }
}
